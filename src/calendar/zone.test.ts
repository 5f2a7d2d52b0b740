import { describe, expect, test } from "vitest";
import { zoneNames } from "./zone-names.ts";
import { dayNumber, instantOf, resolveZone, tzVersion } from "./zone.ts";

const HOUR_MS = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

describe("zone names", () => {
  test.each([
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Asia/Calcutta",
    "Europe/Kyiv",
    "UTC",
    "EST",
    "PRC",
    "Etc/GMT-8",
    "GB-Eire",
  ])("%s is taken as it is", (name) => {
    expect(resolveZone(name)).toBe(name);
  });

  test.each([
    ["CST", "Asia/Shanghai, America/Chicago or America/Havana"],
    ["GMT+8", "Etc/GMT-8"],
    ["+08:00", "Etc/GMT-8"],
    ["UTC-3", "Etc/GMT+3"],
    ["UTC+05:30", "a place such as"],
    ["Local", "the zone of a machine is not the business's"],
    ["localtime", "the zone of a machine is not the business's"],
    ["Europe/Berlim", "did you mean Europe/Berlin?"],
    ["europe/berlin", "did you mean Europe/Berlin?"],
    ["prc", "did you mean PRC?"],
    ["Asia/Beijing", "write Asia/Shanghai"],
    ["Factory", "write a place"],
    ["SystemV/EST5", "write a place"],
    ["", "write a place"],
    ["x".repeat(500), "write a place"],
  ])("%s is refused with a hint", (name, hint) => {
    expect(() => resolveZone(name)).toThrow(hint);
    expect(() => resolveZone(name)).toThrow(`"${name.slice(0, 64)}" is not an IANA time zone`);
  });

  test("every name that we know has rules in this Node, and so would be taken", () => {
    expect([...zoneNames()].filter((name) => !taken(name))).toEqual([]);
    expect(zoneNames().size).toBeGreaterThan(590);
  });

  test("the version of the rules is known", () => {
    expect(tzVersion()).toMatch(/^20\d\d[a-z]$/);
  });
});

function taken(name: string): boolean {
  try {
    return resolveZone(name) === name;
  } catch {
    return false;
  }
}

describe("local time", () => {
  const june = dayNumber(2027, 6, 1);

  test.each([
    ["EST is five hours behind UTC in summer too", "EST", june, 0, "2027-06-01T05:00:00.000Z"],
    [
      "Mexico has had no summer time since 2022",
      "America/Mexico_City",
      dayNumber(2027, 7, 1),
      8,
      "2027-07-01T14:00:00.000Z",
    ],
    ["half hours", "Asia/Kolkata", june, 0, "2027-05-31T18:30:00.000Z"],
    ["before clocks go forward", "America/New_York", dayNumber(2027, 3, 14), 1, "2027-03-14T06:00:00.000Z"],
    [
      "a time that is left out is an hour later",
      "America/New_York",
      dayNumber(2027, 3, 14),
      2.5,
      "2027-03-14T07:30:00.000Z",
    ],
    [
      "a time that comes twice is the first",
      "America/New_York",
      dayNumber(2027, 11, 7),
      1.5,
      "2027-11-07T05:30:00.000Z",
    ],
    ["a midnight that is left out", "America/Havana", dayNumber(2027, 3, 14), 0, "2027-03-14T05:00:00.000Z"],
    ["a day that never was", "Pacific/Apia", dayNumber(2011, 12, 30), 12, "2011-12-30T22:00:00.000Z"],
  ])("%s", (_, zone, day, hours, expected) => {
    expect(iso(instantOf(zone, day, hours * HOUR_MS))).toBe(expected);
  });
});
