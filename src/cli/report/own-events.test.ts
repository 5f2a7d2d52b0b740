import { expect, test } from "vitest";
import { REPORTER } from "../../kube/events.ts";
import { microTime } from "../../kube/micro-time.ts";
import type { Event } from "../../kube/resource.ts";
import { ownEvents } from "./own-events.ts";

const NOON = Date.parse("2026-11-15T12:00:00Z");

/** An Event that the operator reported about a Deployment `minute` minutes after noon. */
function event(name: string, minute: number, other: Partial<Event> = {}): Event {
  return {
    metadata: { name, namespace: "billing" },
    eventTime: microTime(NOON + minute * 60_000),
    reportingController: REPORTER,
    regarding: { apiVersion: "apps/v1", kind: "Deployment", name: "vat-api" },
    ...other,
  };
}

const namesOf = (events: readonly Event[]): string[] => ownEvents(events).map(({ metadata }) => metadata.name);

test.each<[string, Partial<Event>, boolean]>([
  ["told by the operator about a Deployment", {}, true],
  [
    "told by Argo CD about an InvoiceService",
    {
      reportingController: "argocd-application-controller",
      regarding: { apiVersion: "invoiceops.dev/v1alpha1", kind: "InvoiceService", name: "vat" },
    },
    true,
  ],
  ["told by the scheduler about a Deployment", { reportingController: "default-scheduler" }, false],
  ["told by nobody about nothing", { reportingController: "", regarding: {} }, false],
])("an Event %s: %j is ours: %s", (_, other, ours) => {
  expect(namesOf([event("one", 0, other)])).toEqual(ours ? ["one"] : []);
});

test("they stand by the time at which they were seen last, whatever their names", () => {
  const repeated = { series: { count: 2, lastObservedTime: microTime(NOON + 9 * 60_000) } };
  // A reporter of the old kind has a time of its own in the place of eventTime; the API server says null there.
  const old = { eventTime: null, deprecatedLastTimestamp: "2026-11-15T12:03:00Z" } as unknown as Partial<Event>;
  const events = [event("a", 5), event("b", 1, repeated), event("c", 2), event("d", 0, old)];
  expect(namesOf(events)).toEqual(["c", "d", "a", "b"]);
});

test("of too many the oldest are left out", () => {
  // The API server lists by name; these are older the further back their names stand.
  const events = Array.from({ length: 510 }, (_, index) => event(String(index).padStart(3, "0"), -index));
  const names = namesOf(events);
  expect([names.length, names[0], names.at(-1)]).toEqual([500, "499", "000"]);
});
