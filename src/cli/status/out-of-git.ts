import type { Condition } from "../../api/v1alpha1/conditions.ts";
import type { InvoiceServiceStatus } from "../../api/v1alpha1/invoice-service.ts";

/** Whether the field that carries the floor may be left out of the manifest that stands in Git, and why. */
export interface OutOfGit {
  /** Such as `spec.minReplicas`. */
  field: string;
  safe: boolean;
  why: string;
}

type ScalingStatus = NonNullable<InvoiceServiceStatus["scaling"]>;

const MINIMA: Readonly<Record<string, string>> = {
  HorizontalPodAutoscaler: "spec.minReplicas",
  ScaledObject: "spec.minReplicaCount",
};

/**
 * Read from the status alone. `min` is spec.scaling.minReplicas: what is kept when the number in Git is gone. Undefined
 * while there is no such field, or nothing has been decided about it. What leaving it out does: docs/field-ownership.md.
 */
export function outOfGit(
  { owner, base = 0, contest, declared }: ScalingStatus,
  applied: Condition | undefined,
  min: number,
): OutOfGit | undefined {
  if (owner === undefined || applied === undefined) return undefined;
  const minimum = MINIMA[owner.split("/")[0] ?? ""];
  const no = (why: string): OutOfGit => ({ field: minimum ?? "spec.replicas", safe: false, why });
  const yes = (why: string): OutOfGit => ({ ...no(why), safe: true });

  if (applied.status !== "True" && contest === undefined) return no(`invoiceops does not write it: ${applied.reason}`);
  if (contest?.cause === "Resets") return no("invoiceops does not write it before a refresh ends the contest");
  if (base > min) {
    return no(
      `the ${base} that it has of its own goes too: set spec.scaling.minReplicas, which is ${min}, to that first`,
    );
  }
  if (contest) return yes("that ends the contest; it is at its default for a moment, until it is raised");
  const falls = applied.reason === "DeclaredElsewhere" && declared?.cause !== "Applied";
  if (falls && minimum === undefined) {
    return no(
      "the apply that takes it out sets it to 1 for a moment, which stops pods; FloorApplied says what else to do",
    );
  }
  if (falls) return yes("it is at its default for a moment, and raised again at once");
  if (applied.reason === "AtBase") return yes(`spec.scaling.minReplicas is kept, ${min}`);
  return yes("invoiceops holds it, and an apply without it leaves it alone");
}
