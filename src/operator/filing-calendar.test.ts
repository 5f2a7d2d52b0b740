import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import type { FilingCalendar, FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import type { Client } from "../kube/client.ts";
import type { KubeObject } from "../kube/resource.ts";
import { silentLogger } from "../runtime/logger.ts";
import { CalendarMetrics } from "./calendar-metrics.ts";
import { Calendars } from "./calendars.ts";
import { FilingCalendarReconciler } from "./filing-calendar.ts";
import { filingCalendars } from "./kinds.ts";
import { StatusWriter } from "./status-writer.ts";

type Stored = FilingCalendar & KubeObject;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse("2027-01-12T08:00:00Z");
const frame = { timeZone: "UTC", openTime: "00:00", closeTime: "24:00" };
const monthly: FilingCalendarSpec = { ...frame, monthly: { opensDay: 1, deadlineDay: 15 } };

/** A calendar and its controller; the cache has each status once it is written. */
function bench(spec: FilingCalendarSpec) {
  const cluster: { calendar: Stored | undefined; now: number } = {
    calendar: { metadata: { name: "vat", uid: "1", generation: 1, resourceVersion: "1" }, spec },
    now: START,
  };
  let writes = 0;
  const client = {
    applyStatus: async (_: unknown, { status }: Stored) => {
      writes += 1;
      const { calendar } = cluster;
      if (!calendar) throw new Error("it is gone");
      const metadata = { ...calendar.metadata, resourceVersion: String(1 + writes) };
      cluster.calendar = { ...calendar, metadata, ...(status ? { status } : {}) };
      return cluster.calendar;
    },
  } as unknown as Client;
  const find = (): Stored | undefined => cluster.calendar;
  const registry = new Registry();
  const { reconcile } = new FilingCalendarReconciler({
    find,
    calendars: new Calendars(find),
    status: new StatusWriter(client, filingCalendars),
    metrics: new CalendarMetrics(registry),
  });
  const look = async () => {
    const context = { signal: new AbortController().signal, log: silentLogger, now: () => cluster.now };
    return reconcile({ name: "vat" }, context);
  };
  const told = (): object => {
    const { conditions = [], ...status } = cluster.calendar?.status ?? {};
    return { ...status, conditions: conditions.map(({ type, status: is, reason }) => `${type} ${is} ${reason}`) };
  };
  /** The last deadline as a scrape shows it, ms since the epoch. */
  const lastDeadline = async (): Promise<number | undefined> => {
    const [metric] = await registry.getMetricsAsJSON();
    const [series] = metric?.values ?? [];
    return series && series.value * 1000;
  };
  return { cluster, look, told, lastDeadline, writes: () => writes };
}

describe("the status of a calendar", () => {
  test("tells the window that is open, or the next one", async () => {
    const { cluster, look, told } = bench(monthly);
    await look();
    expect(told()).toEqual({
      observedGeneration: 1,
      conditions: ["Ready True WindowsKnown"],
      next: { period: "2027-01", opens: "2027-01-01T00:00:00Z", deadline: "2027-01-16T00:00:00Z", grade: "Computed" },
    });
    cluster.now = Date.parse("2027-01-16T00:00:00Z");
    await look();
    expect(told()).toMatchObject({ next: { period: "2027-02" } });
  });

  test("says that no window lies ahead", async () => {
    const { look, told } = bench({
      ...frame,
      dates: [{ period: "2026", opens: "2026-01-01", deadline: "2026-12-31" }],
    });
    await look();
    expect(told()).toEqual({ observedGeneration: 1, conditions: ["Ready False NoWindowAhead"] });
  });

  test("knows the next window of a yearly tax", async () => {
    const { look, told } = bench({
      ...frame,
      dates: [{ period: "2027", opens: "2027-12-01", deadline: "2027-12-31" }],
    });
    await look();
    expect(told()).toMatchObject({ conditions: ["Ready True WindowsKnown"], next: { period: "2027" } });
  });

  test("names what cannot be used, and keeps the rest", async () => {
    const good = { period: "2027-01", opens: "2027-01-01", deadline: "2027-01-15" };
    const { cluster, look, told } = bench({
      ...frame,
      dates: [good, { ...good, period: "2027-02", deadline: "soon" }],
    });
    await look();
    expect(told()).toMatchObject({
      observedGeneration: 1,
      conditions: ["Ready False Stalled", "Stalled True InvalidSpec"],
      next: { period: "2027-01" },
    });
    const stalled = cluster.calendar?.status?.conditions?.find(({ type }) => type === "Stalled");
    expect(stalled?.message).toMatch(/^spec\.dates\[2027-02\]\.deadline: "soon" is not/);
  });

  test("tells a moved deadline as one window", async () => {
    const moved = {
      period: "2027-01",
      deadline: "2027-01-20",
      source: "notice 4",
      announcedAt: "2027-01-15T20:00:00Z",
    };
    const { look, told } = bench({ ...monthly, overrides: [moved] });
    await look();
    expect(told()).toMatchObject({
      next: { period: "2027-01", opens: "2027-01-01T00:00:00Z", deadline: "2027-01-21T00:00:00Z", grade: "Published" },
    });
  });

  test("is told anew when the spec has been mended, and the old trouble is gone", async () => {
    const { cluster, look, told } = bench({ ...monthly, timeZone: "Europe/Berlim" });
    await look();
    expect(told()).toMatchObject({ conditions: ["Ready False Stalled", "Stalled True InvalidSpec"] });
    const { calendar } = cluster;
    if (calendar) cluster.calendar = { ...calendar, metadata: { ...calendar.metadata, generation: 2 }, spec: monthly };
    await look();
    expect(told()).toMatchObject({ observedGeneration: 2, conditions: ["Ready True WindowsKnown"] });
  });

  test("is written when its meaning changes, and not at each look", async () => {
    const { cluster, look, writes } = bench(monthly);
    for (let day = 0; day < 28; day += 1) {
      await look();
      cluster.now += DAY;
    }
    expect(writes()).toBe(2);
  });
});

const dates = (deadline: string): FilingCalendarSpec => ({
  ...frame,
  dates: [{ period: "x", opens: "2027-01-01", deadline }],
});

describe("the metric of the last deadline", () => {
  test("shows how far a list of dates goes, and is gone with the calendar", async () => {
    const { cluster, look, lastDeadline } = bench(dates("2027-03-15"));
    await look();
    expect(await lastDeadline()).toBe(Date.parse("2027-03-16T00:00:00Z"));
    cluster.calendar = undefined;
    await look();
    expect(await lastDeadline()).toBeUndefined();
  });

  test("lies a year and more ahead where a rule gives the dates", async () => {
    const { look, lastDeadline } = bench(monthly);
    await look();
    expect(await lastDeadline()).toBeGreaterThan(START + 365 * DAY);
  });
});

describe("the next look", () => {
  test.each<[string, FilingCalendarSpec, number]>([
    ["is when the window ends", dates("2027-01-12T09:00"), HOUR + 1],
    ["is in a day at the latest", dates("2027-01-20"), DAY],
    ["is in a day when no window lies ahead", dates("2027-01-02"), DAY],
  ])("%s", async (_, spec, requeueAfterMs) => {
    expect(await bench(spec).look()).toEqual({ requeueAfterMs });
  });

  test("is none for a calendar that is gone, or going", async () => {
    const { cluster, look, writes } = bench(monthly);
    const { calendar } = cluster;
    if (calendar)
      cluster.calendar = { ...calendar, metadata: { ...calendar.metadata, deletionTimestamp: "2027-01-12T08:00:00Z" } };
    expect(await look()).toBeUndefined();
    cluster.calendar = undefined;
    expect(await look()).toBeUndefined();
    expect(writes()).toBe(0);
  });
});
