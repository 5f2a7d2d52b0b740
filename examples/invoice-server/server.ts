// A small service that issues invoices, for trying things out: it does nothing but take its time. What it can do at
// once is limited, so too many requests make it slow and then refuse, as a real one does. It exports the usual HTTP
// metrics and drains on SIGTERM.
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

const PORT = setting("PORT", 8080);
/** Invoices that are worked on at the same time, and how long each takes, ms: slots * 1000 / work requests/s in all. */
const SLOTS = setting("SLOTS", 4);
const WORK_MS = setting("WORK_MS", 200);
/** Requests that may wait for a slot; the next one is refused with 503. */
const QUEUE = setting("QUEUE", 40);
/** How long it takes until the first request can be served, ms. */
const START_MS = setting("START_MS", 0);
/** How long it goes on serving after SIGTERM, until nobody sends here any more, ms. */
const DRAIN_MS = setting("DRAIN_MS", 5_000);

const BUCKETS = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2];

const requests = new Map<number, number>();
const durations = { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 };
const waiting: (() => void)[] = [];
let busy = 0;
let state: "starting" | "serving" | "draining" = "starting";

async function issueInvoice(response: ServerResponse): Promise<void> {
  const begun = performance.now();
  if (busy >= SLOTS && waiting.length >= QUEUE) return answer(response, 503, "all hands are busy\n", begun);
  if (busy >= SLOTS) await new Promise<void>((resolve) => waiting.push(resolve));
  else busy += 1;
  await sleep(WORK_MS);
  // The slot goes to the one who waits longest, or is free.
  const next = waiting.shift();
  if (next) next();
  else busy -= 1;
  answer(response, 201, "issued\n", begun);
}

function answer(response: ServerResponse, status: number, text: string, begun: number): void {
  response.writeHead(status, { "content-type": "text/plain" }).end(text);
  const seconds = (performance.now() - begun) / 1_000;
  requests.set(status, (requests.get(status) ?? 0) + 1);
  for (const [index, most] of BUCKETS.entries()) if (seconds <= most) durations.buckets[index]! += 1;
  durations.sum += seconds;
  durations.count += 1;
}

function metrics(): string {
  const route = 'method="POST",route="/invoices"';
  return [
    "# TYPE http_requests_total counter",
    ...[...requests].map(([code, count]) => `http_requests_total{${route},code="${code}"} ${count}`),
    "# TYPE http_request_duration_seconds histogram",
    ...BUCKETS.map(
      (le, index) => `http_request_duration_seconds_bucket{${route},le="${le}"} ${durations.buckets[index]}`,
    ),
    `http_request_duration_seconds_bucket{${route},le="+Inf"} ${durations.count}`,
    `http_request_duration_seconds_sum{${route}} ${durations.sum}`,
    `http_request_duration_seconds_count{${route}} ${durations.count}`,
    "# TYPE http_requests_in_flight gauge",
    `http_requests_in_flight ${busy + waiting.length}`,
    "",
  ].join("\n");
}

const server = createServer((request, response) => {
  // The connection that is used now is the last one here.
  if (state === "draining") response.setHeader("connection", "close");
  if (request.url === "/invoices") void issueInvoice(response);
  else if (request.url === "/metrics") response.setHeader("content-type", "text/plain; version=0.0.4").end(metrics());
  else if (request.url === "/readyz") response.writeHead(state === "serving" ? 200 : 503).end(`${state}\n`);
  else response.writeHead(404).end();
});
// Longer than whoever keeps connections to here.
server.keepAliveTimeout = 75_000;

process.once("SIGTERM", () => {
  state = "draining";
  void sleep(DRAIN_MS).then(() => {
    server.close();
    server.closeIdleConnections();
  });
});

server.listen(PORT);
await sleep(START_MS);
if (state === "starting") state = "serving";
console.log(`serving ${(SLOTS * 1_000) / WORK_MS} requests/s on port ${PORT}`);
