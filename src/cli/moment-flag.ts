import { CalendarError } from "../calendar/calendar-error.ts";
import { parseLocal } from "../calendar/local-time.ts";
import { UsageError, type CliContext } from "./verb.ts";

/** Moments that are given by flags: a day or a local time in a zone, or a time with its own offset. */

/** [--from, --to) in ms since the epoch; throws a UsageError that names the flag. */
export function rangeFlags(
  context: Pick<CliContext, "text">,
  { zone, longestDays }: { zone: string; longestDays: number },
): { from: number; to: number } {
  const [from, to] = (["from", "to"] as const).map((flag) => {
    const text = context.text(flag);
    if (text === undefined) throw new UsageError(`--${flag} is missing: give a time such as 2026-11-01`);
    return aboutFlag(flag, () => momentOf(text, zone));
  }) as [number, number];
  if (to <= from) throw new UsageError("--to is not after --from");
  if (to - from > longestDays * 86_400_000) {
    throw new UsageError(`from --from to --to are more than ${longestDays} days: ask for less`);
  }
  return { from, to };
}

function momentOf(text: string, zone: string): number {
  const offset = /(Z|[+-]\d{2}:\d{2})$/i.test(text) && text.includes("T");
  const at = offset ? Date.parse(text) : parseLocal(text, zone, 0);
  if (Number.isNaN(at)) throw new CalendarError(`"${text}" is not a time: write it as 2026-11-01T08:00:00Z`);
  return at;
}

/** A CalendarError is about a flag here. */
export function aboutFlag<T>(flag: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CalendarError) throw new UsageError(`--${flag}: ${error.message}`);
    throw error;
  }
}
