import type { Paint } from "../paint.ts";
import type { CalendarRow } from "./rows.ts";

const BRUSH: Readonly<Record<string, keyof Paint>> = { Published: "good", Computed: "bold", Provisional: "warn" };
const GRADE = 6;

/** The rows as people read them; what is said of several provisional ones is said once. */
export function rowsText(rows: readonly CalendarRow[], paint: Paint): string {
  if (rows.length === 0) return "nothing is due in this year\n";
  const cells = rows.map(({ regime, period, filing = "", type = "", opens, deadline, closesAt, grade, timeZone }) => [
    regime,
    period,
    filing,
    type,
    opens,
    `${weekday(deadline)} ${deadline}`,
    grade,
    `${closesAt} ${timeZone}`,
  ]);
  const head = ["regime", "period", "filing", "type", "opens", "deadline", "grade", "closes at"];
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], brush: (cell: string, column: number) => string): string =>
    row
      .map((cell, column) => brush(column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0), column))
      .join("  ");
  const notes = new Set(rows.flatMap(({ note }) => note ?? []));
  return [
    paint.dim(line(head, (cell) => cell)),
    ...cells.map((row) =>
      line(row, (cell, column) => (column === GRADE ? paint[BRUSH[row[GRADE] ?? ""] ?? "bold"](cell) : cell)),
    ),
    ...[...notes].map((note) => `${paint.warn("provisional:")} ${note}`),
    "",
  ].join("\n");
}

function weekday(date: string): string {
  return ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][new Date(`${date}T00:00:00Z`).getUTCDay()] ?? "";
}
