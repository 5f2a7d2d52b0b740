import type { KubeObject, Resource } from "../../../src/kube/resource.ts";
import type { Stage } from "./stage.ts";

/** Who else writes to the objects that the operator raises: each as the real tool does it. */
export class Writers {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** `kubectl create`: an Update owner, no annotation. */
  create(manifest: object): Promise<void> {
    return this.#kubectl(["create"], manifest);
  }

  /** `kubectl apply`, client-side: an Update owner, and the manifest in an annotation. */
  clientApply(manifest: object): Promise<void> {
    return this.#kubectl(["apply"], manifest);
  }

  /** Server-side apply with force, as Argo CD and Flux do it. */
  async apply(manager: string, resource: Resource, manifest: KubeObject): Promise<void> {
    const metadata = { ...manifest.metadata, namespace: this.#stage.namespace };
    await this.#stage.client.apply(resource, { ...manifest, metadata }, { force: true, fieldManager: manager });
  }

  /** A plain patch, as Helm 3 and most controllers do it: an Update owner of what it changes. */
  async update(manager: string, resource: Resource, name: string, patch: object): Promise<void> {
    const ref = { namespace: this.#stage.namespace, name };
    await this.#stage.client.patch(resource, ref, patch, { fieldManager: manager });
  }

  async #kubectl(command: readonly string[], manifest: object): Promise<void> {
    const args = [...command, `--namespace=${this.#stage.namespace}`, "-f", "-"];
    await this.#stage.cluster.kubectl(args, { input: JSON.stringify(manifest) });
  }
}
