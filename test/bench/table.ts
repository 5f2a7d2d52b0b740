export interface Row {
  services: number;
  convergeSeconds: number;
  cpuSecondsPerMinute: number;
  maxRssMb: number;
  queriesPerMinute: number;
  writesPerMinute: number;
  lateness: { p50: number; p99: number };
  eventLoopP99Ms: number;
  evaluationsPerMinute: number;
}

/** KEDA 2.21.0 with 1,000 ScaledObjects (Prometheus and cron trigger, 30 s), limits raised to 200 QPS and 20 workers. */
const PEER = { converge: 68, cpu: 5.7, queries: 2_003, writes: 2_001, rss: 246 };

interface Column {
  title: string;
  value: (row: Row) => number;
  digits: number;
  /** The most that is allowed, for so many services. */
  limit?: (services: number) => number;
}

const large = (services: number): boolean => services > 1_000;

const COLUMNS: readonly Column[] = [
  { title: "all reconciled (s)", value: (row) => row.convergeSeconds, digits: 1, limit: (n) => (large(n) ? 120 : 20) },
  { title: "CPU s/min", value: (row) => row.cpuSecondsPerMinute, digits: 2, limit: (n) => (large(n) ? 60 : 1.9) },
  { title: "RSS (MB)", value: (row) => row.maxRssMb, digits: 0, limit: (n) => (large(n) ? 512 : 250) },
  { title: "queries/min", value: (row) => row.queriesPerMinute, digits: 1, limit: () => 200 },
  { title: "API writes/min", value: (row) => row.writesPerMinute, digits: 1, limit: () => 0 },
  { title: "late p50 (s, at most)", value: (row) => row.lateness.p50, digits: 2 },
  { title: "late p99 (s, at most)", value: (row) => row.lateness.p99, digits: 2, limit: () => 5 },
  { title: "event loop p99 (ms)", value: (row) => row.eventLoopP99Ms, digits: 0 },
  { title: "evaluations/min", value: (row) => row.evaluationsPerMinute, digits: 0 },
];

/** Prints the table as Markdown; false when a number is over its limit. */
export function printTable(rows: readonly Row[]): boolean {
  const over: string[] = [];
  const cells = rows.map((row) => [
    String(row.services),
    ...COLUMNS.map(({ title, value, digits, limit }) => {
      const number = value(row);
      const most = limit?.(row.services);
      if (most !== undefined && !(number <= most)) over.push(`${row.services}: ${title} is ${number}, at most ${most}`);
      return number.toFixed(digits);
    }),
  ]);
  const peer = ["KEDA, 1000", PEER.converge, PEER.cpu, PEER.rss, PEER.queries, PEER.writes, "", "", "", ""].map(String);
  const head = ["services", ...COLUMNS.map(({ title }) => title)];
  console.log();
  for (const line of [head, head.map(() => "---:"), ...cells, peer]) console.log(`| ${line.join(" | ")} |`);
  const thousand = rows.find(({ services }) => services === 1_000);
  if (thousand)
    console.log(`\nCPU against the peer, 1,000 each: ${(thousand.cpuSecondsPerMinute / PEER.cpu).toFixed(2)}`);
  for (const text of over) console.error(`not reached: ${text}`);
  return over.length === 0;
}
