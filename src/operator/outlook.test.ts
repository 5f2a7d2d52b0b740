import { expect, test } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { invoiceService } from "../../test/support/billing.ts";
import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { PrometheusClient } from "../prometheus/client.ts";
import { SharedQueries } from "../prometheus/shared-queries.ts";
import { Calendars } from "./calendars.ts";
import { History } from "./history.ts";
import { Outlooks } from "./outlook.ts";

const schedules = [{ name: "office", timeZone: "UTC", start: "0 9 * * *", end: "0 17 * * *", replicas: 6 }];

/** One version of an object as a cache has it: every write, also of status, makes a new one. */
function versionOf(generation: number, uid = "a"): InvoiceService {
  const object = invoiceService({ scaling: { schedules, release: { grace: "24h", stepPercent: 20, every: "10m" } } });
  return structuredClone({ ...object, metadata: { ...object.metadata, uid, generation } });
}

test("the plan is the same value until the spec is another", () => {
  const clock = new FakeClock();
  const queries = new SharedQueries({ client: new PrometheusClient({ clock }), clock });
  const outlooks = new Outlooks({
    calendars: new Calendars(() => undefined),
    history: new History({ queries, clock, onLearnt: () => {} }),
  });
  const planOf = (service: InvoiceService) => outlooks.of("ns/inv", service, undefined, clock.now()).plan;

  const first = planOf(versionOf(1));
  expect(planOf(versionOf(1))).toBe(first);
  expect(planOf(versionOf(2))).not.toBe(first);
  expect(planOf(versionOf(2, "b"))).not.toBe(planOf(versionOf(2)));
});
