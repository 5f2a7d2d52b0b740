import { deployments, horizontalPodAutoscalers, type HorizontalPodAutoscaler } from "../../../src/kube/resource.ts";
import { autoscaler, deployment, floorOf } from "./manifests.ts";
import type { Stage } from "./stage.ts";
import { Writers } from "./writers.ts";

/** What the owner of an HPA wants at least, and what the operator raises that to. */
export const BASE = 2;
export const FLOOR = 5;

/** Deployments with an HPA of the same name on a stage, and what the operator does to these. */
export class Autoscaled {
  readonly writers: Writers;
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.writers = new Writers(stage);
  }

  async create(name: string): Promise<void> {
    await this.writers.apply("setup", deployments, deployment(name));
    await this.writers.create(autoscaler(name, BASE));
  }

  /** The same with an InvoiceService that has raised the HPA. */
  async raise(name: string): Promise<void> {
    await this.create(name);
    await this.#stage.serve(name, floorOf(FLOOR));
    await this.minimumIs(name, FLOOR);
  }

  minimumIs(name: string, minReplicas: number): Promise<HorizontalPodAutoscaler> {
    return this.#stage.becomes(horizontalPodAutoscalers, name, { spec: { minReplicas } });
  }

  /** The operator's notes on an HPA, once it stands at this minimum. */
  async notesAt(name: string, minReplicas: number): Promise<string[]> {
    return notesOn(await this.minimumIs(name, minReplicas));
  }
}

/** The annotations of ours, sorted. */
export function notesOn({ metadata: { annotations = {} } }: HorizontalPodAutoscaler): string[] {
  const all = Object.entries(annotations).map(([key, value]) => `${key}=${value}`);
  return all.filter((note) => note.startsWith("invoiceops.dev/")).toSorted();
}
