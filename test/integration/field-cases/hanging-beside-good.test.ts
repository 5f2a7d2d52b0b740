import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployments } from "../../../src/kube/resource.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { deployment, invoiceService } from "../../support/billing.ts";
import { startOperator } from "../../support/operator-harness.ts";
import { createPrometheusStub, type PrometheusStub } from "../../support/prometheus-stub.ts";

describe("services whose Prometheus hangs beside a good one", () => {
  let hanging: PrometheusStub;
  beforeAll(async () => {
    hanging = await createPrometheusStub();
    hanging.answer({ fail: "headers" });
  });
  afterAll(() => hanging.close());

  test("more of them than there are workers do not make it late", async () => {
    const operator = await startOperator({ beside: hanging, concurrency: 2 });
    const asked: number[] = [];
    operator.prometheus.answer(() => {
      asked.push(operator.clock.now());
      return asked.length > 5 ? 1200 : 800;
    });
    await operator.create(deployments, deployment(8), deployment(3, { name: "hangs-api" }));
    await operator.create(invoiceServices, invoiceService());
    const many = Array.from({ length: 12 }, (_, n) =>
      invoiceService({
        name: `hangs-${n}`,
        prometheus: { url: hanging.url },
        demand: { query: `q${n}` },
        scaling: { target: "None" },
      }),
    );
    await operator.create(invoiceServices, ...many);
    await operator.advance("5m");
    const gaps = asked.slice(2).map((at, index) => at - (asked[index + 1] ?? 0));
    expect(gaps.length).toBeGreaterThanOrEqual(8);
    for (const gap of gaps) expect(Math.abs(gap - 30_000)).toBeLessThanOrEqual(2_000);
    const [, raised] = operator.view.counts("inv-api");
    expect(raised).toEqual({ at: asked[5], replicas: 12 });
    for (const { metadata } of many) {
      expect(operator.condition("MetricsAvailable", metadata.name)).toMatchObject({
        status: "False",
        reason: "Timeout",
      });
    }
  });
});
