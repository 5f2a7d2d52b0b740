import type { FilingCalendarSpec } from "../../api/v1alpha1/filing-calendar.ts";
import { editDistance } from "../edit-distance.ts";
import { brazil } from "./brazil.ts";
import { china } from "./china.ts";
import { europeanUnion } from "./european-union.ts";
import { germany } from "./germany.ts";
import { india } from "./india.ts";
import { italy } from "./italy.ts";
import { japan } from "./japan.ts";
import { korea } from "./korea.ts";
import { mexico } from "./mexico.ts";
import { poland } from "./poland.ts";
import type { Regime } from "./regime.ts";
import { saudiArabia } from "./saudi-arabia.ts";
import { spain } from "./spain.ts";
import { taiwan } from "./taiwan.ts";
import { unitedKingdom } from "./united-kingdom.ts";
import { vietnam } from "./vietnam.ts";

/** Every regime that is built in. */
export const regimes: readonly Regime[] = [
  ...brazil,
  china,
  ...germany,
  spain,
  ...europeanUnion,
  unitedKingdom,
  india,
  italy,
  japan,
  korea,
  ...mexico,
  poland,
  saudiArabia,
  taiwan,
  vietnam,
];

const byCode = new Map(regimes.map((regime) => [regime.code, regime]));

export function regimeOf(code: string): Regime | undefined {
  return byCode.get(code);
}

const calendars = new Map<string, FilingCalendarSpec>();

/** The calendar that is nothing but a regime: always the same object. Undefined for a code that nobody knows. */
export function regimeCalendar(code: string): FilingCalendarSpec | undefined {
  if (!byCode.has(code)) return undefined;
  const calendar = calendars.get(code) ?? { regime: code, openTime: "00:00", closeTime: "24:00" };
  calendars.set(code, calendar);
  return calendar;
}

/** What is wrong with a code that nobody knows, with all that there are. */
export function unknownRegime(code: string): string {
  const near = [...byCode.keys()].filter((known) => editDistance(code.toUpperCase(), known) <= 1).slice(0, 3);
  const meant = near.length > 0 ? `did you mean ${near.join(" or ")}? ` : "";
  return `"${code.slice(0, 32)}" is not a regime that is built in: ${meant}known are ${knownRegimes()}`;
}

/** `BR (also BR-PE, BR-CE), CN, ...`. */
export function knownRegimes(): string {
  const families = Map.groupBy(byCode.keys(), (code) => (code.startsWith("EU-") ? code : (code.split("-")[0] ?? "")));
  return [...families]
    .map(([code, [, ...parts]]) => (parts.length > 0 ? `${code} (also ${parts.join(", ")})` : code))
    .join(", ");
}
