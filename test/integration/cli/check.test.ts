import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Finding } from "../../../src/cli/check/finding.ts";
import { deployments, leases } from "../../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../../src/operator/kinds.ts";
import { rules } from "../../../src/operator/rbac.ts";
import { realClock } from "../../../src/runtime/clock.ts";
import type { Cluster } from "../../../dev/cluster/cluster.ts";
import { adminClient } from "../../support/admin-client.ts";
import { filingCalendar, invoiceService } from "../../support/billing.ts";
import { startOwnCluster } from "../../support/cluster.ts";
import { command, type CommandOptions, type Ran } from "../../support/command.ts";
import { CRDS, installCrds } from "../../support/crds.ts";
import { APP_PROJECTS } from "../../support/app-projects.ts";
import { eventually } from "../../support/eventually.ts";
import { installOperator, lead, readyPods, renew } from "../../support/installed-operator.ts";
import { SERVICE_ACCOUNT } from "../../support/rbac.ts";
import { changeStored } from "../../support/stored-object.ts";
import { beyond } from "../field-cases/broken-services.ts";

/** `invoiceops check` on a cluster of its own, which begins empty. */

let cluster: Cluster;
let admin: ReturnType<typeof adminClient>;
let spaces = 0;

beforeAll(async () => {
  cluster = await startOwnCluster();
  admin = adminClient(cluster);
  return async () => {
    await admin.transport.close();
    await cluster.stop();
  };
});

/** What a clock shows that is two hours behind ours. */
const behind = (): number => realClock.now() - 7_200_000;

const newNamespace = (): string => `invoiceops-${(spaces += 1)}`;

function check(namespace: string, args: readonly string[] = [], options: CommandOptions = {}): Promise<Ran> {
  const kubeconfig = options.kubeconfig ?? cluster.adminKubeconfig;
  return command(["check", "--namespace", namespace, ...args], { ...options, kubeconfig });
}

/** The findings that are not as they should be, each as `about: message`, and the exit code. */
async function troubles(namespace: string, options: CommandOptions = {}): Promise<{ code: number; said: string[] }> {
  const { code, out, warned } = await check(namespace, ["-o", "json"], options);
  expect(warned).toBe("");
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const bad = findings.filter(({ level }) => level === "wrong" || level === "unknown");
  return { code, said: bad.map(({ about, message }) => `${about}: ${message}`) };
}

/** An operator that is well at first. */
async function installed(options: Parameters<typeof installOperator>[2] = {}): Promise<string> {
  const namespace = newNamespace();
  await installOperator(admin, namespace, { renewedAt: realClock.now(), args: [], ...options });
  // A Lease of two seconds, and no process that renews it.
  const renewing = setInterval(() => void renew(admin, namespace, realClock.now()).catch(() => undefined), 300);
  onTestFinished(() => clearInterval(renewing));
  return namespace;
}

async function serviceIn(namespace: string, name: string, workload: string): Promise<void> {
  const service = invoiceService({ name, workload: { apiVersion: "apps/v1", kind: "Deployment", name: workload } });
  await admin.create(invoiceServices, { ...service, metadata: { ...service.metadata, namespace } });
  onTestFinished(() => admin.delete(invoiceServices, { namespace, name }));
}

describe("before anything is installed", () => {
  test("each kind that is missing is named, with what installs it, and the code is 1", async () => {
    const { code, out } = await check("default");
    expect(code).toBe(1);
    expect(out).toMatch(/^ok\s+API server\s+https:\S+ answers, Kubernetes v1\.\d+/);
    for (const kind of ["invoiceservices", "filingcalendars"]) {
      expect(out).toMatch(
        new RegExp(`WRONG\\s+kinds\\s+${kind}\\.invoiceops\\.dev is not installed\\n\\s+-> helm upgrade`),
      );
    }
    expect(out).toMatch(/WRONG {4}operator +there is no Deployment of the operator in the namespace default/);
    expect(out).toMatch(/\ninvoiceops is not well: 3 things are wrong\n$/);
  });

  test("a verb that needs the kinds says how they are installed", async () => {
    const { code, warned } = await command(["status", "vat", "-n", "default"], { kubeconfig: cluster.adminKubeconfig });
    expect(code).toBe(2);
    expect(warned).toMatch(/\nthe kinds of invoiceops are not installed here: helm install invoiceops/);
  });

  test("--wait says what it waits for, and ends when all is well", async () => {
    const namespace = newNamespace();
    const waited: string[] = [];
    let install: Promise<void> | undefined;
    const { code, out } = await check(namespace, ["--wait", "90s"], {
      onWarn: (text) => {
        waited.push(text);
        install ??= (async () => {
          await installCrds(cluster);
          await installOperator(admin, namespace, { ready: 1 });
        })();
        if (/1 of 2 pods are ready/.test(text)) void readyPods(admin, namespace, 2);
        if (/there is no Lease/.test(text)) void lead(admin, namespace, realClock.now() + 60_000);
      },
    });
    await install;
    expect(waited[0]).toMatch(/^waiting for kinds: invoiceservices\.invoiceops\.dev is not installed; .*operator: /);
    expect(waited.join("")).toContain(`operator: Deployment ${namespace}/invoiceops: 1 of 2 pods are ready`);
    expect([code, out.split("\n").at(-2)]).toEqual([0, "invoiceops is well"]);
    await admin.delete(deployments, { namespace, name: "invoiceops" });
  });

  test("--wait ends with code 1 when it is over before all is well", async () => {
    const { code, out, warned } = await check("default", ["--wait", "3s"]);
    expect([code, warned.match(/^waiting for operator: there is no Deployment/m)?.length]).toEqual([1, 1]);
    expect(out).toMatch(/1 thing is wrong\n$/);
  });
});

describe("an installation that is well", () => {
  test("gives code 0, in words and for programs", async () => {
    const namespace = await installed();
    const { code, out } = await check(namespace);
    expect(code).toBe(0);
    expect(out.replaceAll(/ +/g, " ").split("\n").slice(1)).toEqual([
      "ok kinds invoiceservices.invoiceops.dev is this version's v1alpha1",
      "ok kinds filingcalendars.invoiceops.dev is this version's v1alpha1",
      `ok operator Deployment ${namespace}/invoiceops: 2 of 2 pods are ready`,
      `ok leader invoiceops-0 leads, it renewed its Lease ${namespace}/invoiceops just now`,
      "ok ownership 0 InvoiceServices in all namespaces, and nobody else writes what they hold",
      `ok rights system:serviceaccount:${namespace}:invoiceops may do all that the operator does: in the whole cluster, for its Lease in ${namespace}`,
      `ok your rights you may use every verb of kubectl invoiceops in ${namespace}`,
      "",
      "invoiceops is well",
      "",
    ]);
    const { out: json } = await check(namespace, ["-o", "json"]);
    expect(JSON.parse(json)).toMatchObject({
      verdict: "ok",
      findings: [{ about: "API server", level: "ok" }, {}, {}, {}, {}, {}, {}, {}],
    });
  });

  test("is seen by the operator's own ServiceAccount, which has no other rights", async () => {
    const namespace = await installed();
    const kubeconfig = await cluster.serviceAccountKubeconfig(namespace, SERVICE_ACCOUNT);
    const { code, out } = await check(namespace, [], { kubeconfig });
    expect(out).toMatch(/ok +kinds +invoiceservices\.invoiceops\.dev is this version's v1alpha1, as published/);
    expect(out).toMatch(/ok +rights/);
    expect([code, out.split("\n").at(-2)]).toEqual([0, "invoiceops is well"]);
  });

  test("another version of the operator is worth a note", async () => {
    const namespace = await installed({ version: "0.9.9" });
    const { code, out } = await check(namespace);
    expect(out).toMatch(
      /note +operator +Deployment \S+ is version 0\.9\.9, this command is 0\.1\.0\n +-> use the command of version 0\.9\.9/,
    );
    expect(code).toBe(0);
  });
});

describe("what is wrong is named", () => {
  test("pods that are not ready, and flags that the operator refuses", async () => {
    const namespace = await installed({ ready: 0, args: ["--evaluation-interval=soon"] });
    expect(await troubles(namespace)).toEqual({
      code: 1,
      said: [
        `operator: Deployment ${namespace}/invoiceops: 0 of 2 pods are ready`,
        `operator: Deployment ${namespace}/invoiceops: --evaluation-interval is "soon": give a duration of 1s or more, for example 30s`,
      ],
    });
  });

  test("a leader that renews no more", async () => {
    const namespace = newNamespace();
    await installOperator(admin, namespace, { renewedAt: realClock.now() - 7_200_000 });
    expect(await troubles(namespace)).toEqual({
      code: 1,
      said: [`leader: nobody leads: invoiceops-0 renewed its Lease ${namespace}/invoiceops last 2 h ago`],
    });
  });

  test("a leader whose clock is hours behind leads all the same", async () => {
    const namespace = newNamespace();
    await installOperator(admin, namespace, { renewedAt: behind() });
    const renewing = setInterval(() => void renew(admin, namespace, behind()), 200);
    onTestFinished(() => clearInterval(renewing));
    const { code, out } = await check(namespace);
    expect(out).toMatch(/ok +leader +invoiceops-0 leads and renews .*this machine's clock and the cluster's are 2 h/);
    expect(code).toBe(0);
  });

  test("a Lease that nobody holds", async () => {
    const namespace = newNamespace();
    await installOperator(admin, namespace, { renewedAt: realClock.now() });
    await admin.patch(leases, { namespace, name: "invoiceops" }, { spec: { holderIdentity: "" } });
    expect((await troubles(namespace)).said).toEqual([`leader: Lease ${namespace}/invoiceops is held by nobody`]);
  });

  test("each right that the operator lacks, with verb, resource and place", async () => {
    const namespace = await installed();
    await cluster.kubectl([
      "patch",
      "clusterrole",
      `${SERVICE_ACCOUNT}-${namespace}`,
      "--type=json",
      "-p",
      withoutScale(),
    ]);
    await expect
      .poll(() => troubles(namespace))
      .toEqual({
        code: 1,
        said: [
          `rights: system:serviceaccount:${namespace}:invoiceops lacks in the whole cluster: patch on deployments/scale.apps; patch on statefulsets/scale.apps`,
        ],
      });
  });

  test("a Secret that a service names and the operator may not read", async () => {
    const namespace = await installed();
    const billing = await cluster.createNamespace("billing");
    const service = invoiceService({
      name: "vat",
      prometheus: { url: "http://prometheus:9090", authorization: { bearer: { secretName: "prometheus-token" } } },
    });
    await admin.create(invoiceServices, { ...service, metadata: { ...service.metadata, namespace: billing } });
    onTestFinished(() => admin.delete(invoiceServices, { namespace: billing, name: "vat" }));
    expect(await troubles(namespace)).toEqual({
      code: 1,
      said: [
        `rights: system:serviceaccount:${namespace}:invoiceops lacks for Secrets of ${billing}: get on secrets prometheus-token`,
      ],
    });
  });

  test("kinds of another version: which field differs", async () => {
    const namespace = await installed();
    const file = readdirSync(CRDS).find((name) => name.startsWith("invoiceservices"))!;
    const text = readFileSync(join(CRDS, file), "utf8");
    // The command's own schema is the newer one: there, a field had another limit.
    await cluster.apply(text.replaceAll("maximum: 100000", "maximum: 5000"));
    onTestFinished(() => installCrds(cluster));
    await expect
      .poll(() => troubles(namespace))
      .toMatchObject({
        code: 1,
        said: [
          expect.stringMatching(
            /^kinds: invoiceservices\.invoiceops\.dev is of another version .* differs: spec\.\S+: maximum, spec\.\S+: maximum, .* and \d more$/,
          ),
        ],
      });
  });

  test("two InvoiceServices on one workload, and one whose field somebody else holds", async () => {
    const namespace = await installed();
    const billing = await cluster.createNamespace("billing");
    await serviceIn(billing, "vat", "vat-api");
    await serviceIn(billing, "vat-too", "vat-api");
    await serviceIn(billing, "payroll", "payroll-api");
    const contest = "minReplicas is held at 2 by argocd: take it out of Git";
    await admin.applyStatus(invoiceServices, {
      metadata: { name: "payroll", namespace: billing },
      status: { observedGeneration: 1, conditions: [condition("FloorApplied", "Contested", contest)] },
    });
    expect(await troubles(namespace)).toEqual({
      code: 1,
      said: [
        `ownership: InvoiceServices ${billing}/vat and ${billing}/vat-too name the same workload Deployment/vat-api`,
        `ownership: InvoiceService ${billing}/payroll: ${contest}`,
      ],
    });
  });

  test.each(beyond)("an InvoiceService that no rule ever let in stops nothing: %j", async (values) => {
    const namespace = await installed();
    for (const name of ["odd", "one", "two"]) await serviceIn(namespace, name, name === "odd" ? "a" : "b");
    await changeStored(cluster, invoiceServices, { namespace, name: "odd" }, values);
    const { code, said } = await troubles(namespace);
    expect(code).toBe(1);
    expect(said).toContain(
      `ownership: InvoiceServices ${namespace}/one and ${namespace}/two name the same workload Deployment/b`,
    );
    const kubeconfig = cluster.adminKubeconfig;
    for (const verb of ["status odd", "report"]) {
      const { warned } = await command([...verb.split(" "), "-n", namespace], { kubeconfig });
      expect(warned).not.toMatch(/undefined|is not a function|not iterable/);
    }
  });

  test("sync windows of Argo CD that fit the filing windows no more, and a project that is not there", async () => {
    await cluster.apply(APP_PROJECTS);
    const argocd = await cluster.createNamespace("argocd");
    const args = [`--argocd-projects=${argocd}/billing,${argocd}/gone`];
    await admin.create(filingCalendars, filingCalendar("vat", monthly));
    onTestFinished(() => admin.delete(filingCalendars, { name: "vat" }));
    const generate = async (): Promise<void> => {
      const where = ["--project", "billing", "--project-namespace", argocd];
      const { out } = await command(["gen", "argocd", ...where], { kubeconfig: cluster.adminKubeconfig });
      await cluster.kubectl(["apply", "--server-side", "-f", "-"], { input: out });
    };
    await eventually(generate, 30_000);
    const namespace = await installed({ args });
    const gone = [
      expect.stringMatching(
        /^rights: .* lacks for the AppProject billing of .*: get on appprojects\.argoproj\.io billing$/,
      ),
      expect.stringMatching(/^rights: .* lacks for the AppProject gone of /),
      `sync windows: AppProject ${argocd}/gone, which the operator compares, does not exist`,
    ];
    expect(await troubles(namespace)).toEqual({ code: 1, said: gone });
    // The authority moves the day.
    await admin.patch(filingCalendars, { name: "vat" }, { spec: { monthly: { deadlineDay: 12 } } });
    const { said } = await troubles(namespace);
    expect(said[2]).toMatch(
      new RegExp(
        `^sync windows: AppProject ${argocd}/billing does not fit the filing windows: "invoiceops: .* is active from .*; and \\d more$`,
      ),
    );
    await generate();
    expect(await troubles(namespace)).toEqual({ code: 1, said: gone });
  });

  test("a service in a namespace that no operator watches", async () => {
    const other = await cluster.createNamespace("other");
    const namespace = newNamespace();
    await installOperator(admin, namespace, { watchNamespaces: [namespace], renewedAt: realClock.now() + 60_000 });
    await serviceIn(namespace, "vat", "vat-api");
    await serviceIn(other, "vat", "vat-api");
    expect(await troubles(namespace)).toEqual({
      code: 1,
      said: [`ownership: InvoiceService ${other}/vat: no operator watches its namespace`],
    });
  });
});

describe("what cannot be looked at is unknown, with code 2", () => {
  test("without any right each missing one is named, and the kinds are still seen", async () => {
    const namespace = await installed();
    await cluster.kubectl(["create", "serviceaccount", "nobody", `--namespace=${namespace}`]);
    const kubeconfig = await cluster.serviceAccountKubeconfig(namespace, "nobody");
    const { code, said } = await troubles(namespace, { kubeconfig });
    const me = `system:serviceaccount:${namespace}:nobody`;
    expect(code).toBe(2);
    expect(said).toEqual([
      `operator: cannot be told: missing right: list on deployments.apps in the namespace ${namespace}, for ${me}`,
      `ownership: cannot be told: missing right: list on invoiceservices.invoiceops.dev in the namespace ${namespace}, for ${me}`,
    ]);
    const { out } = await check(namespace, [], { kubeconfig });
    expect(out).toMatch(
      /note +your rights +you lack in \S+: .*patch on invoiceservices\.invoiceops\.dev \(for pause, resume, prewarm, refresh/,
    );
    expect(out).toMatch(/\nwhether invoiceops is well cannot be told: 2 things are unknown\n$/);
  });

  test("an API server that does not answer", async () => {
    await cluster.stopApiServer("SIGKILL");
    onTestFinished(() => cluster.startApiServer());
    const { code, said } = await troubles("default");
    expect([code, said.length]).toEqual([2, 1]);
    expect(said[0]).toMatch(/^API server: ask for the version: connect ECONNREFUSED/);
  });
});

test.each<[string[], RegExp]>([
  [["vat"], /^check takes no name: vat is too much\n/],
  [["--wait", "soon"], /^--wait: .*soon/],
  [["-o", "table"], /^-o is "table": give json or yaml\n/],
])("check %j is refused in words, with code 2", async (args, message) => {
  const { code, warned } = await check("default", args);
  expect(code).toBe(2);
  expect(warned).toMatch(message);
});

const monthly = { timeZone: "Asia/Shanghai", monthly: { deadlineDay: 15, opensDay: 1 } } as Parameters<
  typeof filingCalendar
>[1];

function condition(type: string, reason: string, message: string) {
  return { type, status: "False" as const, reason, message, lastTransitionTime: "2027-01-12T08:00:00Z" };
}

/** A JSON patch that takes the rule about counts away from the operator's role. */
function withoutScale(): string {
  const place = rules.findIndex(({ resources }) => resources.includes("deployments/scale"));
  return JSON.stringify([{ op: "remove", path: `/rules/${place}` }]);
}
