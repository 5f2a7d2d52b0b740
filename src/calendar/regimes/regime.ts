import type { FilingCalendarManifest } from "../../api/v1alpha1/filing-calendar.ts";

/** A tax regime: what the spec of a FilingCalendar may say, under a code. */
export interface Regime {
  /** `CN`, `DE-BY`, `EU-OSS`. */
  code: string;
  /** For people: what is filed where. */
  title: string;
  spec: RegimeSpec;
}

/** Overrides are the deadlines that the authority published, with their sources. */
export type RegimeSpec = Required<Pick<FilingCalendarManifest["spec"], "timeZone" | "filings">> &
  Pick<FilingCalendarManifest["spec"], "weekend" | "holidaysFrom" | "overrides">;

type Filing = RegimeSpec["filings"][number];

export const QUARTERLY = [1, 4, 7, 10];
export const NOT_QUARTERLY = [2, 3, 5, 6, 8, 9, 11, 12];

/**
 * A filing that is monthly for some and quarterly for others, on the same day of the month: the windows of quarter
 * months carry both, and their load.
 */
export function monthlyAndQuarterly(filing: Omit<Filing, "type" | "months">): Filing[] {
  return [
    { ...filing, type: "quarterly", months: QUARTERLY },
    { ...filing, type: "monthly", months: NOT_QUARTERLY },
  ];
}
