/** A zone, date or cron text that cannot be used. The message says what is wrong and what to write instead. */
export class CalendarError extends Error {
  override name = "CalendarError";
}
