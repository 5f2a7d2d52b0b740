import { Registry } from "prom-client";
import { CalendarMetrics } from "../../src/operator/calendar-metrics.ts";
import { ServiceMetrics } from "../../src/operator/service-metrics.ts";
import { createMetrics } from "../../src/runtime/metrics.ts";

/** The names of all series that an operator process may expose; of a histogram those of its parts. */
export async function exposedNames(): Promise<Set<string>> {
  const { registry } = createMetrics();
  void new ServiceMetrics(registry, () => 0);
  void new CalendarMetrics(registry);
  const metrics = await Registry.merge([registry]).getMetricsAsJSON();
  return new Set(
    metrics.flatMap(({ name, type }) =>
      String(type) === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}
