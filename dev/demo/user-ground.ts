import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createClient, type Client } from "../../src/kube/client.ts";
import { loadClusterConfig, type ClusterConfig } from "../../src/kube/config.ts";
import { isNotFound } from "../../src/kube/errors.ts";
import { leases, namespaces, type KubeObject, type Ref, type Resource } from "../../src/kube/resource.ts";
import { createTransport, type Transport } from "../../src/kube/transport.ts";
import { filingCalendars, invoiceServices } from "../../src/operator/kinds.ts";
import { realClock } from "../../src/runtime/clock.ts";
import type { Component } from "../cluster/component.ts";
import type { Ground } from "./ground.ts";
import { elsewhere, readCrds, small, type Example } from "./manifests.ts";
import { namespacedRights, operatorProcess, writeOperatorKubeconfig } from "./operator.ts";
import { applyAll, customResourceDefinitions, installCrds, namespace, resourceOf, type Manifest } from "./resources.ts";
import type { Workshop } from "./workshop.ts";

const LEASE_IS_HELD_MS = 60_000;
const GONE_WITHIN_MS = 120_000;

interface UserGroundOptions {
  context: string;
  /** Objects without a namespace may be added. */
  installCrds: boolean;
  /** What the pods run: it must stay up. */
  image: string;
  say: (text: string) => void;
}

/**
 * The cluster of the user's kubeconfig. The demo works in a namespace of its own there, with real pods and without an
 * autoscaler (whose metric would need an adapter in the cluster): the operator sets the Deployment's count itself.
 */
export class UserGround implements Ground {
  readonly client: Client & { readonly transport: Transport };
  readonly namespace: string;
  readonly #config: ClusterConfig;
  readonly #workshop: Workshop;
  readonly #options: UserGroundOptions;
  readonly #rights: { inside: Manifest[]; outside: Manifest[] };
  /** Those that are not there, which we bring and take away again. */
  #missingCrds: Manifest[] = [];

  private constructor(workshop: Workshop, options: UserGroundOptions) {
    this.#workshop = workshop;
    this.#options = options;
    this.#config = loadClusterConfig({ context: options.context });
    const transport = createTransport({ config: this.#config, clock: realClock });
    this.client = createClient(transport, { fieldManager: "invoiceops-demo" });
    this.namespace = `invoiceops-demo-${randomBytes(3).toString("hex")}`;
    this.#rights = namespacedRights(this.namespace, this.namespace);
  }

  /** Looks and writes nothing. Rejects when something stands against the demo, with what to do. */
  static async open(workshop: Workshop, options: UserGroundOptions): Promise<UserGround> {
    const ground = new UserGround(workshop, options);
    await ground.#refuseBesideAnOperator();
    for (const crd of readCrds()) {
      if (!(await ground.#find(customResourceDefinitions, crd.metadata))) ground.#missingCrds.push(crd);
    }
    const outside = [
      ...ground.#missingCrds.map(({ metadata }) => `CustomResourceDefinition ${metadata.name}`),
      ...ground.#rights.outside.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      `FilingCalendar ${ground.namespace}`,
    ].join(", ");
    const what = `The demo works in the namespace ${ground.namespace} of ${ground.#config.server}, which it makes and removes.`;
    if (!options.installCrds) {
      throw new Error(
        `${what}\nWhat it needs beside it has no namespace: ${outside}.\n` +
          "Add --install-crds if it may add these as well; they are removed at the end. Nothing was changed.",
      );
    }
    options.say(`${what} It adds and removes as well: ${outside}.`);
    return ground;
  }

  get access(): string {
    const kubectl = `kubectl --context=${this.#options.context} -n ${this.namespace}`;
    return `${kubectl} get invsvc,deploy\n${kubectl} describe invsvc`;
  }

  async install(): Promise<Component> {
    const { client } = this;
    await installCrds(client, this.#missingCrds);
    await applyAll(client, [namespace(this.namespace), ...this.#rights.inside, ...this.#rights.outside]);
    const kubeconfig = join(this.#workshop.directory, "operator.kubeconfig");
    await writeOperatorKubeconfig(kubeconfig, client.transport, this.#config, this.namespace);
    return operatorProcess(kubeconfig, [`--watch-namespaces=${this.namespace}`]);
  }

  fit(example: Example): Manifest[] {
    const moved = elsewhere(example, { namespace: this.namespace, calendar: this.namespace });
    return [moved.calendar, small(moved.deployment, this.#options.image), moved.service];
  }

  /** While the operator still runs: it gives the floor back and lets its InvoiceService go. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { say } = this.#options;
    say(`removing ${this.namespace} and what was added beside it`);
    try {
      await this.#removeAll();
    } catch (error) {
      const outside = this.#rights.outside.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(", ");
      say(`not all of it could be removed: ${String(error)}
look for the namespace ${this.namespace}, FilingCalendar ${this.namespace}, ${outside}`);
    }
    await this.client.transport.close();
  }

  async #removeAll(): Promise<void> {
    if (await this.#find(namespaces, { name: this.namespace })) {
      const { items } = await this.client.list(invoiceServices, { namespace: this.namespace });
      for (const { metadata } of items) await this.#remove(invoiceServices, metadata);
    }
    await this.#remove(filingCalendars, { name: this.namespace });
    for (const manifest of this.#rights.outside.toReversed())
      await this.#remove(resourceOf(manifest), manifest.metadata);
    await this.#remove(namespaces, { name: this.namespace });
    for (const crd of this.#missingCrds) await this.#removeCrd(crd);
  }

  async #remove(resource: Resource, ref: Ref): Promise<void> {
    await this.client.delete(resource, ref);
    const end = realClock.monotonic() + GONE_WITHIN_MS;
    while (await this.#find(resource, ref)) {
      if (realClock.monotonic() > end) {
        const where = ref.namespace === undefined ? "" : ` --namespace=${ref.namespace}`;
        return this.#options.say(
          `${resource.kind} ${ref.name} is still there: kubectl delete ${resource.plural} ${ref.name}${where}`,
        );
      }
      await realClock.sleep(500);
    }
  }

  /** Objects that others have made of the kind meanwhile would go with it. */
  async #removeCrd(crd: Manifest): Promise<void> {
    const kinds: Resource[] = [invoiceServices, filingCalendars];
    const kind = kinds.find((one) => crd.metadata.name === `${one.plural}.${one.group}`);
    const others = kind ? (await this.client.list(kind)).items.length : 0;
    if (others === 0) return this.#remove(customResourceDefinitions, crd.metadata);
    this.#options.say(`CustomResourceDefinition ${crd.metadata.name} stays: others have made ${others} of its objects`);
  }

  async #find<T extends KubeObject>(resource: Resource<T>, ref: Ref): Promise<T | undefined> {
    try {
      return await this.client.get(resource, ref);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** An operator that watches all namespaces would act on the demo's objects as well. */
  async #refuseBesideAnOperator(): Promise<void> {
    const { items } = await this.client.list(leases, { fieldSelector: "metadata.name=invoiceops" });
    const held = items.find(({ spec }) => Date.parse(spec?.renewTime ?? "") > realClock.now() - LEASE_IS_HELD_MS);
    if (!held) return;
    throw new Error(
      `an invoiceops operator runs in this cluster already (Lease ${held.metadata.namespace}/${held.metadata.name}); ` +
        "beside it, two would act on the demo's objects. Use another cluster, or npm start without --context.",
    );
  }
}
