import { Registry } from "prom-client";
import { CalendarMetrics } from "../../src/operator/calendar-metrics.ts";
import { ServiceMetrics } from "../../src/operator/service-metrics.ts";
import { SyncWindowCheck } from "../../src/operator/sync-window-check.ts";
import { realClock } from "../../src/runtime/clock.ts";
import { silentLogger } from "../../src/runtime/logger.ts";
import { createMetrics } from "../../src/runtime/metrics.ts";

/** The names of all series that an operator process may expose; of a histogram those of its parts. */
export async function exposedNames(): Promise<Set<string>> {
  const { registry } = createMetrics();
  void new ServiceMetrics(registry, () => 0);
  void new CalendarMetrics(registry);
  void new SyncWindowCheck({
    registry,
    clock: realClock,
    log: silentLogger,
    client: { get: () => Promise.reject(new Error("nothing is asked")) },
    projects: [],
    windows: () => [],
  });
  const metrics = await Registry.merge([registry]).getMetricsAsJSON();
  return new Set(
    metrics.flatMap(({ name, type }) =>
      String(type) === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}
