import type { KubeObject } from "../kube/resource.ts";
import { BASE_ANNOTATION, type Write } from "../scaling/floor.ts";
import { FIELD_MANAGER } from "../scaling/ownership.ts";
import { hpaTarget, type HorizontalPodAutoscaler, type Target } from "../scaling/target.ts";

/**
 * The minimum of the replayed HPA, as the API server keeps it: with the owner of the field and the note of the base
 * that a server-side apply leaves. Nobody else writes it.
 */
export class RaisedMinimum {
  readonly #max: number;
  #hpa: HorizontalPodAutoscaler;

  constructor(min: number, max: number) {
    this.#max = max;
    this.#hpa = object(min, max);
  }

  get value(): number {
    return this.#hpa.spec.minReplicas ?? 1;
  }

  target(): Target {
    return hpaTarget(this.#hpa);
  }

  write({ value = this.value, base }: Write): KubeObject {
    this.#hpa = object(value, this.#max, base, true);
    return this.#hpa;
  }
}

function object(minReplicas: number, maxReplicas: number, base?: number, ours = false): HorizontalPodAutoscaler {
  const entry = (fields: Record<string, unknown>): object => ({
    manager: FIELD_MANAGER,
    operation: "Apply",
    fieldsV1: {
      "f:spec": { "f:minReplicas": {} },
      ...(base === undefined ? {} : { "f:metadata": { "f:annotations": fields } }),
    },
  });
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: {
      name: "replayed",
      uid: "replayed",
      ...(base === undefined ? {} : { annotations: { [BASE_ANNOTATION]: String(base) } }),
      managedFields: ours ? [entry({ [`f:${BASE_ANNOTATION}`]: {} })] : [],
    },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "replayed" },
      minReplicas,
      maxReplicas,
    },
  };
}
