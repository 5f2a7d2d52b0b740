import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { vi } from "vitest";
import { startArgoCd, type ArgoCd } from "../../../dev/cluster/argocd/argocd.ts";
import { GitServer } from "../../../dev/cluster/argocd/git-server.ts";
import { ARGOCD_NAMESPACE, CONTROLLER_ACCOUNT } from "../../../dev/cluster/argocd/manifests.ts";
import type { AuditEvent } from "../../../dev/cluster/audit-log.ts";
import { startKeda } from "../../../dev/cluster/keda.ts";
import type { Cluster } from "../../../dev/cluster/cluster.ts";
import type { Condition, ConditionType } from "../../../src/api/v1alpha1/conditions.ts";
import type { InvoiceService } from "../../../src/api/v1alpha1/invoice-service.ts";
import { createClient, type Client } from "../../../src/kube/client.ts";
import { deployments, type KubeObject } from "../../../src/kube/resource.ts";
import { createTransport, type Transport } from "../../../src/kube/transport.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { realClock } from "../../../src/runtime/clock.ts";
import { startOwnCluster } from "../../support/cluster.ts";
import { createPrometheusStub, type PrometheusStub } from "../../support/prometheus-stub.ts";
import { installBlock } from "../../support/readme.ts";
import { Watched } from "../../support/namespace-view.ts";
import { OperatorProcess } from "../ownership/operator-process.ts";
import { applications, type Application } from "./applications.ts";
import { readDeploy } from "./deploy.ts";
import { folderOf } from "./objects.ts";

const ROOT = join(import.meta.dirname, "../../..");
export const SYSTEM = "invoiceops-system";
export const OPERATOR = `system:serviceaccount:${SYSTEM}:invoiceops`;
export const ARGOCD = `system:serviceaccount:${ARGOCD_NAMESPACE}:${CONTROLLER_ACCOUNT}`;
export const LINKS = { dashboard: "Dashboard|https://grafana.example.com/d/invoiceops" };
const WRITES = ["create", "update", "patch", "delete"];
/** What takes Argo CD a comparison, a sync and the operator some evaluations, beside other tests. */
export const SOON = { timeout: 180_000, interval: 500 };
/** Of a test that waits for several of these. */
export const LONG = { timeout: 400_000 };

/** A cluster, Argo CD with our settings, a Git repository with our chart, and a Prometheus that measures nothing. */
export class Ground {
  readonly cluster: Cluster;
  readonly argocd: ArgoCd;
  readonly git: GitServer;
  readonly prometheus: PrometheusStub;
  /** Speaks as admin. */
  readonly client: Client & { transport: Transport };
  /** Every version of every Application. */
  readonly seen: Watched<Application>;
  readonly #following = new AbortController();
  #operator: OperatorProcess | undefined;

  private constructor(parts: Pick<Ground, "cluster" | "argocd" | "git" | "prometheus">) {
    this.cluster = parts.cluster;
    this.argocd = parts.argocd;
    this.git = parts.git;
    this.prometheus = parts.prometheus;
    const config = parts.cluster.adminConfig();
    const transport = createTransport({ config, clock: realClock, qps: 1000, burst: 1000 });
    this.client = createClient(transport, { fieldManager: "somebody" });
    this.seen = new Watched({ client: this.client, namespace: ARGOCD_NAMESPACE, clock: realClock }, applications);
    void this.seen.informer.run(this.#following.signal);
  }

  static async open(): Promise<Ground> {
    const cluster = await startOwnCluster({
      nodes: { count: 2 },
      controllerManager: { hpaSyncPeriod: "1s", hpaDownscaleStabilization: "1s" },
    });
    try {
      await startKeda(cluster);
      const { data } = parse(await readDeploy("argocd-cm.yaml")) as { data: Record<string, string> };
      const argocd = await startArgoCd(cluster, { settings: data, resyncSeconds: 15 });
      const git = await GitServer.start(join(cluster.connection.directory, "git"));
      const prometheus = await createPrometheusStub();
      prometheus.answer(0);
      return new Ground({ cluster, argocd, git, prometheus });
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Ends everything; nothing stays behind. */
  async close(): Promise<void> {
    this.#following.abort();
    await this.#operator?.kill("SIGTERM");
    await Promise.all([this.git.close(), this.prometheus.close(), this.client.transport.close()]);
    await this.cluster.stop();
  }

  /** Commits our chart, and runs the README's block as printed; what it prints. */
  async installByReadme(image: string): Promise<string> {
    await this.#commitChart();
    const { kubectlPath, adminKubeconfig, directory } = this.cluster.connection;
    const env = {
      PATH: `${dirname(kubectlPath)}:${process.env["PATH"]}`,
      KUBECONFIG: adminKubeconfig,
      HOME: directory,
    };
    const block = installBlock("kind: Application", { image, repository: this.git.url });
    const options = ["--norc", "-euo", "pipefail", "-c", block];
    const { stdout } = await promisify(execFile)("bash", options, { env });
    return stdout;
  }

  /** Commits our chart, and an Application of it as deploy/argocd has it. */
  async installChart(): Promise<void> {
    await this.#commitChart();
    const application = parse(await readDeploy("application-operator.yaml")) as Application;
    const { helm } = application.spec.source;
    // Every five seconds, which is harder on whoever disagrees than the thirty of the default.
    const values = { prometheusUrl: this.prometheus.url, evaluationInterval: "5s" };
    helm!.valuesObject = {
      ...helm!.valuesObject,
      ...values,
      argocd: { projects: { [ARGOCD_NAMESPACE]: ["held"] }, links: LINKS },
    };
    await this.apply(application);
  }

  async #commitChart(): Promise<void> {
    await cp(join(ROOT, "charts/invoiceops"), join(this.git.tree, "charts/invoiceops"), { recursive: true });
    await this.git.commit({});
  }

  /** Commits the example, and makes the project and the Application of a team as deploy/argocd has them. */
  async installExample(): Promise<void> {
    await cp(join(ROOT, "examples/filing-peak"), join(this.git.tree, "examples/filing-peak"), { recursive: true });
    await this.git.commit({});
    await this.cluster.apply(await readDeploy("appproject.yaml"));
    await this.apply(parse(await readDeploy("application-service.yaml")) as Application);
  }

  /** Applies an Application, taken from this repository. */
  async apply(application: Application): Promise<void> {
    const source = { ...application.spec.source, repoURL: this.git.url, targetRevision: "main" };
    await this.cluster.apply({ ...application, spec: { ...application.spec, source } });
  }

  async #operatorContainer(): Promise<{ args: string[]; image: string }> {
    const deployment = await this.client.get(deployments, { namespace: SYSTEM, name: "invoiceops" });
    const { template } = deployment.spec as unknown as {
      template: { spec: { containers: [{ args: string[]; image: string }] } };
    };
    return template.spec.containers[0];
  }

  async imageOfOperator(): Promise<string> {
    return (await this.#operatorContainer()).image;
  }

  /** Starts the operator with the flags of the chart's Deployment, as its ServiceAccount. Its pods are kwok's. */
  async startOperator(): Promise<void> {
    const { args } = await this.#operatorContainer();
    const kubeconfig = await this.cluster.serviceAccountKubeconfig(SYSTEM, "invoiceops");
    const cache = join(this.cluster.connection.directory, "compiled");
    this.#operator = new OperatorProcess([...args, `--kubeconfig=${kubeconfig}`], cache);
    await this.#operator.ready();
  }

  get operator(): OperatorProcess {
    assert.ok(this.#operator, "the operator has not been started");
    return this.#operator;
  }

  /** Puts an Application's objects into Git, and has Argo CD look at once if it has the Application already. */
  async commit(name: string, objects: readonly object[]): Promise<void> {
    await this.git.commit(folderOf(name, objects));
    if (this.seen.history(name).length > 0) await this.refresh(name);
  }

  application(name: string): Promise<Application> {
    return this.client.get(applications, { namespace: ARGOCD_NAMESPACE, name });
  }

  async replicasOf(name: string): Promise<number | undefined> {
    return (await this.client.get(deployments, { namespace: name, name })).spec?.replicas;
  }

  async annotationsOf(service: string): Promise<Record<string, string>> {
    return (await this.service(service)).metadata.annotations ?? {};
  }

  /** Runs an action on the service of an Application, by Argo CD's API. */
  act(name: string, action: string, params?: Readonly<Record<string, string>>): Promise<void> {
    const resource = { group: "invoiceops.dev", version: "v1alpha1", kind: "InvoiceService", namespace: name, name };
    return this.argocd.runAction(name, resource, action, params);
  }

  /** Has Argo CD look at Git now instead of at its next turn. */
  async refresh(name: string): Promise<void> {
    const metadata = { annotations: { "argocd.argoproj.io/refresh": "normal" } };
    await this.client.patch(applications, { namespace: ARGOCD_NAMESPACE, name }, { metadata });
  }

  /** Waits until an Application is so, and returns it. */
  async becomes(name: string, sync: string, health: string): Promise<Application> {
    return vi.waitFor(async () => {
      const application = await this.application(name);
      const { status } = application;
      assert.deepEqual(
        [status?.sync?.status, status?.health?.status],
        [sync, health],
        `${name}: ${JSON.stringify(status?.conditions ?? status?.operationState?.message)} ${JSON.stringify(status?.resources)}`,
      );
      return application;
    }, SOON);
  }

  /** The health of an Application at each of its changes. */
  healthsOf(name: string): string[] {
    const healths = this.seen.history(name).map(({ object }) => object.status?.health?.status ?? "none");
    return healths.filter((health, index) => health !== healths[index - 1]);
  }

  /** How many times an Application went out of sync since then, ms since the epoch. */
  outOfSyncSince(name: string, since: number): number {
    const later = this.seen.history(name).filter(({ at }) => at >= since);
    const states = later.map(({ object }) => object.status?.sync?.status);
    return states.filter((state, index) => state === "OutOfSync" && states[index - 1] !== "OutOfSync").length;
  }

  service(namespace: string, name = namespace): Promise<InvoiceService & KubeObject> {
    return this.client.get(invoiceServices, { namespace, name });
  }

  async condition(namespace: string, type: ConditionType): Promise<Condition | undefined> {
    return (await this.service(namespace)).status?.conditions?.find((condition) => condition.type === type);
  }

  /** Waits until a condition of a case's service has this status and reason; its message. */
  told(namespace: string, type: ConditionType, status: Condition["status"], reason: string): Promise<string> {
    return vi.waitFor(async () => {
      const condition = await this.condition(namespace, type);
      assert.deepEqual([condition?.status, condition?.reason], [status, reason], `${namespace}: ${condition?.message}`);
      return condition?.message ?? "";
    }, SOON);
  }

  /** What the operator asked for without having the right to. */
  async refused(): Promise<string[]> {
    const events = await this.cluster.auditEvents({ user: OPERATOR });
    return events.filter(({ responseStatus }) => responseStatus?.code === 403).map(({ requestURI }) => requestURI);
  }

  /** The writes of somebody that went through, to objects of one kind in a namespace, oldest first. */
  async writes(user: typeof OPERATOR | typeof ARGOCD, resource: string, namespace: string): Promise<AuditEvent[]> {
    const events = await this.cluster.auditEvents({ user, resource, namespace, verb: WRITES });
    // Argo CD also asks what an apply would make of an object.
    return events.filter(
      ({ responseStatus, requestURI }) => (responseStatus?.code ?? 500) < 300 && !requestURI.includes("dryRun"),
    );
  }
}

/** The health of an Application's InvoiceService. */
export function serviceHealth({ status }: Application): { status?: string; message?: string } | undefined {
  return status?.resources?.find(({ kind }) => kind === "InvoiceService")?.health;
}
