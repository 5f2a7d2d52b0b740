import { editDistance } from "./edit-distance.ts";
import { zoneNames } from "./zone-names.ts";

/** What people write, and what they may mean by it. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  CST: "Asia/Shanghai, America/Chicago or America/Havana",
  BJT: "Asia/Shanghai",
  HKT: "Asia/Hong_Kong",
  SGT: "Asia/Singapore",
  JST: "Asia/Tokyo",
  KST: "Asia/Seoul",
  IST: "Asia/Kolkata, Europe/Dublin or Asia/Jerusalem",
  BST: "Europe/London or Asia/Dhaka",
  CEST: "Europe/Berlin or Europe/Warsaw",
  EEST: "Europe/Athens or Europe/Kyiv",
  MSK: "Europe/Moscow",
  EDT: "America/New_York",
  CDT: "America/Chicago",
  MDT: "America/Denver",
  PDT: "America/Los_Angeles",
  PST: "America/Los_Angeles or Asia/Manila",
  AEST: "Australia/Sydney or Australia/Brisbane",
};

/** Large cities whose zone has the name of another one. */
const CITIES: Readonly<Record<string, string>> = {
  "asia/beijing": "Asia/Shanghai",
  "asia/shenzhen": "Asia/Shanghai",
  "asia/guangzhou": "Asia/Shanghai",
  "asia/delhi": "Asia/Kolkata",
  "asia/mumbai": "Asia/Kolkata",
  "asia/hanoi": "Asia/Ho_Chi_Minh",
  "europe/munich": "Europe/Berlin",
  "america/brasilia": "America/Sao_Paulo",
};

const FARTHEST = 3;

/** What to write instead of a name that is no IANA zone; never empty. */
export function zoneHint(name: string): string {
  const meant = ABBREVIATIONS[name.toUpperCase()] ?? CITIES[name.toLowerCase()];
  if (meant !== undefined) return `write ${meant}`;
  const offset = /^(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(name);
  if (offset) return offsetHint(offset[1] === "-" ? -1 : 1, Number(offset[2]), Number(offset[3] ?? 0));
  if (/^local(time)?$/i.test(name))
    return "the zone of a machine is not the business's; write a place such as Asia/Shanghai";
  const near = nearest(name);
  return near.length > 0
    ? `did you mean ${near.join(" or ")}?`
    : "write a place such as Asia/Shanghai or Europe/Berlin, or UTC";
}

function offsetHint(sign: 1 | -1, hours: number, minutes: number): string {
  const place = "write a place such as Asia/Shanghai or Europe/Berlin";
  if (minutes !== 0 || hours < 1 || hours > 12) return place;
  // In the IANA database the sign counts hours behind UTC.
  return `${place}, or Etc/GMT${sign === 1 ? "-" : "+"}${hours} for the fixed offset`;
}

function nearest(name: string): string[] {
  if (name.length > 40) return [];
  const ranked = [...zoneNames()]
    .map((zone) => ({ zone, edits: editDistance(name.toLowerCase(), zone.toLowerCase()) }))
    .filter(({ zone, edits }) => edits <= Math.min(FARTHEST, zone.length / 3))
    .toSorted((a, b) => a.edits - b.edits || (a.zone < b.zone ? -1 : 1));
  return ranked
    .filter(({ edits }) => edits === ranked[0]?.edits)
    .map(({ zone }) => zone)
    .slice(0, 3);
}
