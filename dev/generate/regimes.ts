import type { Regime } from "../../src/calendar/regimes/regime.ts";
import { regimes } from "../../src/calendar/regimes/regimes.ts";

type Filing = Regime["spec"]["filings"][number];

/** docs/regimes.md: what is built in, as its data says it. Parts of a regime that differ in holidays alone are one row. */
export function regimesPage(): string {
  const rows = regimes
    .filter(({ code }) => !/^(DE-|MX-[^1])/.test(code))
    .flatMap((regime) => regime.spec.filings.map((filing) => [...headOf(regime), ...cellsOf(filing)]));
  return `<!-- Generated from src/calendar/regimes by \`npm run generate\`; edit that. -->

# Regimes

What \`calendars: [{regime: CN}]\` knows, and \`invoiceops calendar CN --year 2026\` prints. How sure a date is, and how to
change one: [calendars.md](calendars.md).

- \`DE\` has the holidays of all Länder; \`DE-BB\` to \`DE-TH\` have those of one, where the tax office sits.
- \`MX-0\` to \`MX-9\` are the taxpayers by the sixth digit of their RFC: one working day more for 1 and 2, and so on to five
  for 9 and 0. \`MX\` has none more.
- "Not settled" is held for twelve days more than the regular day, and \`CalendarConfirmed\` says so.
- Where a window opens by no law it opens with its month, or a fortnight before its deadline.

${table([["regime", "zone", "filing", "how often", "regular day", "moves", "opens", "source"], ...rows])}
`;
}

function headOf({ code, spec: { timeZone, weekend } }: Regime): string[] {
  return [code, `${timeZone}${weekend ? `, weekend ${weekend.join(" and ")}` : ""}`];
}

function cellsOf(filing: Filing): string[] {
  const { name, type, months, deadline, opens, source = "" } = filing;
  return [
    name,
    `${type}${months ? `, in ${months.join(", ")}` : ""}`,
    deadline.workday === undefined ? String(deadline.day) : `working day ${deadline.workday}`,
    movesWords(filing),
    opens.day === undefined ? `${opens.daysBefore} days before` : String(opens.day),
    source,
  ];
}

const MOVES: Readonly<Record<Filing["shift"], string>> = {
  none: "never",
  nextWorkday: "to the next working day",
  previousWorkday: "to the working day before",
  workdaysAfterHolidays: "by as many working days as there are days off in rows of three and more",
};

function movesWords({ shift, extraWorkdays, settled }: Filing): string {
  const words = extraWorkdays === undefined ? MOVES[shift] : `${extraWorkdays} working days after it`;
  return settled === false ? `not settled (${words})` : words;
}

/** Columns are padded as the formatter does it. */
function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", String.raw`\|`)));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(3, ...cells.map((row) => width(row[column] ?? ""))));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell)))).join(" | ")} |`;
  const [head = [], ...rest] = cells;
  return [line(head), `| ${widths.map((size) => "-".repeat(size)).join(" | ")} |`, ...rest.map(line)].join("\n");
}

/** Columns that a text takes: characters of China, Japan and Korea take two. */
function width(text: string): number {
  return Array.from(text).reduce(
    (sum, character) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/.test(character) ? 2 : 1),
    0,
  );
}
