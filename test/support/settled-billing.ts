import { deployments } from "../../src/kube/resource.ts";
import { invoiceServices } from "../../src/operator/kinds.ts";
import { deployment, invoiceService } from "./billing.ts";
import { startOperator, type HarnessOptions, type OperatorHarness } from "./operator-harness.ts";
import type { PrometheusStub } from "./prometheus-stub.ts";

interface Settled extends HarnessOptions {
  /** Replicas of inv-api when the operator first sees it. */
  replicas: number;
  /** What Prometheus answers, from the beginning. */
  answer: Parameters<PrometheusStub["answer"]>[0];
  /** Where the InvoiceService differs from S0. */
  service?: Parameters<typeof invoiceService>[0];
}

/** An operator that has evaluated S0 and found its rhythm: from here on the evaluations are one interval apart. */
export async function settledBilling({ replicas, answer, service, ...options }: Settled): Promise<OperatorHarness> {
  const operator = await startOperator(options);
  operator.prometheus.answer(answer);
  await operator.create(deployments, deployment(replicas));
  await operator.create(invoiceServices, invoiceService(service));
  await operator.evaluate();
  return operator;
}
