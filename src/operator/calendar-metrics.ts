import { Gauge, type Registry } from "prom-client";

/** What FilingCalendars say, as metrics: how far ahead each of them knows its deadlines. */
export class CalendarMetrics {
  readonly #lastDeadlines = new Map<string, number>();

  constructor(registry: Registry) {
    const gauge: Gauge<"calendar"> = new Gauge({
      name: "invoiceops_calendar_last_deadline_timestamp_seconds",
      help: "The last deadline that a FilingCalendar knows, at most 400 days ahead, seconds since the epoch.",
      labelNames: ["calendar"],
      registers: [registry],
      collect: () => {
        gauge.reset();
        for (const [calendar, at] of this.#lastDeadlines) gauge.set({ calendar }, at / 1000);
      },
    });
  }

  /** `lastDeadline` in ms since the epoch; undefined where there is none, not even a past one in sight. */
  tell(calendar: string, lastDeadline: number | undefined): void {
    if (lastDeadline === undefined) this.forget(calendar);
    else this.#lastDeadlines.set(calendar, lastDeadline);
  }

  forget(calendar: string): void {
    this.#lastDeadlines.delete(calendar);
  }
}
