import { beforeAll, describe, expect, test } from "vitest";
import { COMPLETE } from "../../../src/cli/completion/scripts.ts";
import { verbs } from "../../../src/cli/verbs.ts";
import type { Right } from "../../../src/cli/verb.ts";
import { emptyState, stateText } from "../../../src/forecast/state.ts";
import { pods } from "../../../src/kube/resource.ts";
import { appProjects, filingCalendars, invoiceServices } from "../../../src/operator/kinds.ts";
import { realClock } from "../../../src/runtime/clock.ts";
import type { AuditEvent } from "../../../dev/cluster/audit-log.ts";
import type { Cluster } from "../../../dev/cluster/cluster.ts";
import { adminClient } from "../../support/admin-client.ts";
import { APP_PROJECTS } from "../../support/app-projects.ts";
import { filingCalendar, invoiceService } from "../../support/billing.ts";
import { startOwnCluster } from "../../support/cluster.ts";
import { command, type CommandOptions, type Ran } from "../../support/command.ts";
import { installCrds } from "../../support/crds.ts";
import { eventually } from "../../support/eventually.ts";
import { installOperator } from "../../support/installed-operator.ts";

/** The table of rights in docs/cli.md is true: with a verb's row it asks for nothing that is refused, and uses all of it. */

const NAMESPACE = "billing";

let cluster: Cluster;
let admin: ReturnType<typeof adminClient>;

beforeAll(async () => {
  cluster = await startOwnCluster();
  admin = adminClient(cluster);
  await installCrds(cluster);
  await cluster.apply(APP_PROJECTS);
  const args = [`--argocd-projects=${NAMESPACE}/billing`];
  await installOperator(admin, NAMESPACE, { args, renewedAt: realClock.now() + 3_600_000 });
  const labels = { "app.kubernetes.io/part-of": "invoiceops", "app.kubernetes.io/component": "operator" };
  const containers = [{ name: "operator", image: "registry.invalid/invoiceops:1" }];
  await admin.create(pods, {
    metadata: { name: "invoiceops-0", namespace: NAMESPACE, labels },
    spec: { containers, serviceAccountName: "invoiceops" },
  });
  await admin.create(filingCalendars, filingCalendar("vat", CALENDAR));
  await admin.create(appProjects, { metadata: { name: "billing", namespace: NAMESPACE }, spec: {} });
  const service = invoiceService({ name: "vat", calendars: [{ name: "vat" }] });
  await admin.create(invoiceServices, { ...service, metadata: { ...service.metadata, namespace: NAMESPACE } });
  return async () => {
    await admin.transport.close();
    await cluster.stop();
  };
});

/** What was learnt of a service of which nothing is known. */
const STATE = stateText(emptyState("UTC"));

interface Tried {
  /** The code of the first line with the needed rights alone. */
  code: number;
  /** Command lines that between them use every right of the verb. */
  lines: readonly (readonly string[])[];
}

const tried: Readonly<Record<string, Tried>> = {
  status: {
    code: 1,
    lines: [
      ["status", "vat"],
      ["status", "nobody"],
      ["status", "vat", "-w"],
    ],
  },
  check: { code: 2, lines: [["check"]] },
  pause: {
    code: 0,
    lines: [
      ["pause", "vat", "--for", "1h"],
      ["pause", "nobody", "--for", "1h"],
    ],
  },
  resume: {
    code: 0,
    lines: [
      ["resume", "vat"],
      ["resume", "nobody"],
    ],
  },
  prewarm: {
    code: 0,
    lines: [
      ["prewarm", "vat", "--replicas", "3", "--for", "1h"],
      ["prewarm", "nobody", "--replicas", "3", "--for", "1h"],
    ],
  },
  refresh: {
    code: 0,
    lines: [
      ["refresh", "vat"],
      ["refresh", "nobody"],
    ],
  },
  "state export": {
    code: 1,
    lines: [
      ["state", "export", "vat"],
      ["state", "export", "nobody"],
    ],
  },
  "state import": {
    code: 0,
    lines: [
      ["state", "import", "vat", "-f", "-"],
      ["state", "import", "vat", "-f", "-"],
      ["state", "import", "nobody", "-f", "-"],
    ],
  },
  "gen argocd": { code: 0, lines: [["gen", "argocd"]] },
  report: { code: 0, lines: [["report"]] },
  completion: { code: 0, lines: [[COMPLETE, "status"]] },
};

const inNeed = verbs.filter(({ rights }) => rights.length > 0);

test("each verb that needs a right is tried", () => {
  expect(inNeed.map(({ name }) => name).toSorted()).toEqual(Object.keys(tried).toSorted());
});

describe.each(inNeed)("$name", ({ name, rights }) => {
  test("uses its rights, all of them and no others", async () => {
    const user = await userWith(name, "all", rights);
    await run(name, user);
    const asked = await requests(user);
    expect(asked.filter(({ responseStatus }) => responseStatus?.code === 403).map(wordsOf)).toEqual([]);
    const used = new Set(asked.map(wordsOf));
    expect(wordsOfRights(rights).filter((right) => !used.has(right))).toEqual([]);
  });

  test("does its work with those that it needs, and without the others", async () => {
    const user = await userWith(
      name,
      "least",
      rights.filter(({ without }) => without === undefined),
    );
    const ran = await run(name, user, 1);
    expect(ran).toMatchObject({ code: tried[name]!.code });
    const spared = wordsOfRights(rights.filter(({ without }) => without !== undefined));
    const refused = (await requests(user)).filter(({ responseStatus }) => responseStatus?.code === 403).map(wordsOf);
    expect(refused.filter((one) => !spared.includes(one))).toEqual([]);
  });
});

function wordsOfRights(rights: readonly Right[]): string[] {
  return rights.flatMap((right) => right.verbs.map((verb) => `${verb} ${right.resource}`));
}

const CALENDAR = { timeZone: "Asia/Shanghai", monthly: { deadlineDay: 15, opensDay: 1 } } as Parameters<
  typeof filingCalendar
>[1];

interface User {
  name: string;
  kubeconfig: string;
}

/** A ServiceAccount with exactly these rights, in the whole cluster. */
async function userWith(verb: string, kind: string, rights: readonly Right[]): Promise<User> {
  const account = `${verb.replace(" ", "-")}-${kind}`;
  const rules = rights.map(({ verbs: allowed, resource }) => {
    const [path, ...group] = resource.split(".");
    return { apiGroups: [group.join(".")], resources: [path], verbs: allowed };
  });
  const subjects = [{ kind: "ServiceAccount", name: account, namespace: NAMESPACE }];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: account };
  await cluster.apply([
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace: NAMESPACE } },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: account }, rules },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: account },
      subjects,
      roleRef,
    },
  ]);
  const kubeconfig = await cluster.serviceAccountKubeconfig(NAMESPACE, account);
  const user = `system:serviceaccount:${NAMESPACE}:${account}`;
  // The API server learns of new rights from a watch of its own.
  await eventually(async () => {
    for (const { verbs: allowed, resource } of rights) {
      for (const one of allowed) {
        const may = ["auth", "can-i", one, resource.replace(/\/[^.]+/, ""), `--as=${user}`, "-n", NAMESPACE];
        const [, sub] = /\/([^.]+)/.exec(resource) ?? [];
        await cluster.kubectl(sub === undefined ? may : [...may, `--subresource=${sub}`]);
      }
    }
  }, 30_000);
  return { name: user, kubeconfig };
}

/** Runs the verb's command lines, or the first of them; what the last one did. */
async function run(verb: string, { kubeconfig }: User, most = Infinity): Promise<Ran | undefined> {
  let ran: Ran | undefined;
  for (const line of tried[verb]!.lines.slice(0, most)) {
    const where = [`--kubeconfig=${kubeconfig}`, "-n", NAMESPACE];
    // To be completed is what stands last.
    const args = line[0] === COMPLETE ? [...line, ...where, ""] : [...line, ...where];
    ran = await command(args, line.includes("-w") ? untilChanged() : { input: STATE });
  }
  return ran;
}

/** Changes the service as soon as it has been shown, and ends with the change. */
function untilChanged(): CommandOptions {
  const end = new AbortController();
  let shown = 0;
  const onOut = (): void => {
    shown += 1;
    if (shown === 2) end.abort();
    const annotations = { "example.com/shown": String(shown) };
    void admin.patch(invoiceServices, { namespace: NAMESPACE, name: "vat" }, { metadata: { annotations } });
  };
  return { signal: end.signal, onOut };
}

/** What was asked of kinds; reviews of oneself are everybody's right. */
async function requests({ name }: User): Promise<AuditEvent[]> {
  const events = await cluster.auditEvents({ user: name });
  return events.filter(
    ({ objectRef }) => objectRef?.resource !== undefined && !objectRef.resource.startsWith("selfsubject"),
  );
}

function wordsOf({ verb, objectRef = {} }: AuditEvent): string {
  const { resource = "", subresource, apiGroup } = objectRef;
  const path = subresource === undefined ? resource : `${resource}/${subresource}`;
  return `${verb} ${path}${apiGroup === undefined ? "" : `.${apiGroup}`}`;
}
