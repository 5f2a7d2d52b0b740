import assert from "node:assert/strict";
import { join } from "node:path";
import { vi } from "vitest";
import type { ClusterAccess } from "../../../dev/cluster/access.ts";
import type { AuditEvent } from "../../../dev/cluster/audit-log.ts";
import type { Condition, ConditionType } from "../../../src/api/v1alpha1/conditions.ts";
import type { InvoiceService } from "../../../src/api/v1alpha1/invoice-service.ts";
import { createClient, type Client } from "../../../src/kube/client.ts";
import { events, type KubeObject, type Resource } from "../../../src/kube/resource.ts";
import { createTransport, type Transport } from "../../../src/kube/transport.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { realClock } from "../../../src/runtime/clock.ts";
import { installCrds } from "../../support/crds.ts";
import { createPrometheusStub, type PrometheusStub } from "../../support/prometheus-stub.ts";
import { giveRights, type Rights } from "../../support/rbac.ts";
import { invoiceService, queryOf, type SpecChanges } from "./manifests.ts";
import { OperatorProcess } from "./operator-process.ts";
import { listedRights, rightsUsed } from "./rights.ts";

const WRITES = ["create", "update", "patch", "delete", "deletecollection"];
/** What the operator does within an evaluation or two, on a machine that has other things to do as well. */
const SOON = { timeout: 30_000, interval: 150 };

/**
 * A namespace of a real API server in which the operator, a process of its own, works as a ServiceAccount with its own
 * rights and no others, and a Prometheus that answers as the test wants.
 */
export class Stage {
  readonly cluster: ClusterAccess;
  readonly namespace: string;
  /** Speaks as admin. */
  readonly client: Client & { transport: Transport };
  readonly prometheus: PrometheusStub;
  readonly #demand = new Map<string, number>();
  readonly #operators: OperatorProcess[] = [];

  private constructor(cluster: ClusterAccess, namespace: string, prometheus: PrometheusStub) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.prometheus = prometheus;
    const transport = createTransport({ config: cluster.adminConfig(), clock: realClock, qps: 1000, burst: 1000 });
    this.client = createClient(transport, { fieldManager: "somebody" });
    prometheus.answer(({ query }) => this.#demand.get(query) ?? 0);
  }

  static async open(cluster: ClusterAccess): Promise<Stage> {
    await installCrds(cluster);
    return new Stage(cluster, await cluster.createNamespace("ownership"), await createPrometheusStub());
  }

  /** Makes a ServiceAccount with the operator's rights; the path of a kubeconfig that speaks as it. */
  async account(name = "invoiceops", rights: Omit<Rights, "account"> = {}): Promise<string> {
    await giveRights(this.client, this.namespace, { ...rights, account: name });
    return this.cluster.serviceAccountKubeconfig(this.namespace, name);
  }

  /** Starts an operator process; `flags` are more of its flags, and the last one of a name counts. */
  launch(kubeconfig: string, ...flags: string[]): OperatorProcess {
    const all = [
      `--kubeconfig=${kubeconfig}`,
      `--watch-namespaces=${this.namespace}`,
      `--prometheus-url=${this.prometheus.url}`,
      "--evaluation-interval=1s",
      "--leader-elect=false",
      ...flags,
    ];
    const operator = new OperatorProcess(all, join(this.cluster.connection.directory, "compiled"));
    this.#operators.push(operator);
    return operator;
  }

  /** Ends the operators in order. */
  async end(): Promise<void> {
    await Promise.all(this.#operators.map((operator) => operator.kill("SIGTERM")));
  }

  /** Ends everything, and sees that no right was missing except those in `missing`, and that every one used is listed. */
  async close({ missing = [] }: { missing?: readonly string[] } = {}): Promise<void> {
    await this.end();
    await Promise.all([this.prometheus.close(), this.client.transport.close()]);
    const requests = await this.requests();
    const refused = requests.filter(({ responseStatus }) => responseStatus?.code === 403);
    assert.deepEqual(rightsUsed(refused), missing, "rights that were missing");
    const granted = rightsUsed(requests.filter((request) => !refused.includes(request)));
    assert.deepEqual(
      granted.filter((right) => !listedRights.includes(right)),
      [],
      "rights that src/operator/rbac.ts does not list",
    );
  }

  /** What the operators have asked of the API server. */
  async requests(): Promise<AuditEvent[]> {
    const prefix = `system:serviceaccount:${this.namespace}:`;
    return (await this.cluster.auditEvents()).filter(({ user }) => user.username?.startsWith(prefix));
  }

  /**
   * Their writes to one object, its subresources included, oldest first. An attempt that met a newer version of the
   * object is none.
   */
  async writes({ plural }: Resource, name: string): Promise<AuditEvent[]> {
    return (await this.requests()).filter(
      ({ verb, objectRef, responseStatus }) =>
        WRITES.includes(verb) &&
        objectRef?.resource === plural &&
        objectRef.name === name &&
        responseStatus?.code !== 409,
    );
  }

  /** What the operator has told in Events about an object, such as `Normal FloorRaised: ...`. */
  async eventsAbout(kind: string, name: string): Promise<string[]> {
    const { items } = await this.client.list(events, { namespace: this.namespace });
    return items
      .filter(({ regarding: { kind: of, name: called } = {}, reportingController: by }) => {
        return of === kind && called === name && by === "invoiceops";
      })
      .map(({ type, reason, note }) => `${type} ${reason}: ${note}`);
  }

  /** From now on Prometheus measures so many requests/s for the service; 0 until then. */
  demands(name: string, perSecond: number): void {
    this.#demand.set(queryOf(name), perSecond);
  }

  /** Creates an InvoiceService. */
  async serve(name: string, changes?: SpecChanges): Promise<void> {
    const metadata = { namespace: this.namespace, name };
    const manifest = { metadata, spec: invoiceService(name, changes) };
    await this.client.create(invoiceServices, manifest as InvoiceService & KubeObject);
  }

  service(name: string): Promise<InvoiceService & KubeObject> {
    return this.client.get(invoiceServices, { namespace: this.namespace, name });
  }

  /** Changes the InvoiceService by a merge patch; null removes. */
  async change(name: string, patch: { spec?: object; metadata?: object }): Promise<void> {
    await this.client.patch(invoiceServices, { namespace: this.namespace, name }, patch);
  }

  annotate(name: string, annotation: string, value: string | null): Promise<void> {
    return this.change(name, { metadata: { annotations: { [annotation]: value } } });
  }

  /** Deletes the InvoiceService; resolves when that has begun. */
  remove(name: string): Promise<void> {
    return this.client.delete(invoiceServices, { namespace: this.namespace, name });
  }

  /** Waits until there is no InvoiceService of the name. */
  async gone(name: string): Promise<void> {
    await vi.waitFor(async () => {
      const { items } = await this.client.list(invoiceServices, { namespace: this.namespace });
      assert.ok(
        items.every(({ metadata }) => metadata.name !== name),
        `${name} is still there`,
      );
    }, SOON);
  }

  async finalizers(name: string): Promise<readonly string[]> {
    return (await this.service(name)).metadata.finalizers ?? [];
  }

  async condition(name: string, type: ConditionType): Promise<Condition | undefined> {
    const { status } = await this.service(name);
    return status?.conditions?.find((condition) => condition.type === type);
  }

  /** Waits until a condition has this status and reason, and returns its message. */
  told(name: string, type: ConditionType, status: Condition["status"], reason: string): Promise<string> {
    return vi.waitFor(async () => {
      const condition = await this.condition(name, type);
      assert.deepEqual([condition?.status, condition?.reason], [status, reason], condition?.message);
      return condition?.message ?? "";
    }, SOON);
  }

  /** Waits until the service has been looked at so many times more, each from demand to status. */
  async evaluated(name: string, times = 1): Promise<void> {
    const query = queryOf(name);
    const before = this.prometheus.requests(query);
    // A query begins an evaluation; that the next one has begun shows that this one is over.
    await vi.waitFor(() => assert.ok(this.prometheus.requests(query) > before + times, `${name}: no evaluation`), SOON);
  }

  /** Waits until an object has these values among its own, and returns it. */
  becomes<T extends KubeObject>(resource: Resource<T>, name: string, values: object): Promise<T> {
    return vi.waitFor(async () => {
      const object = await this.client.get(resource, { namespace: this.namespace, name });
      assert.partialDeepStrictEqual(object, values);
      return object;
    }, SOON);
  }
}
