import { verdict, type Finding } from "./check/finding.ts";
import { lookAtInstallation } from "./check/installation.ts";
import { reportText, reportValue, waitingFor } from "./check/report.ts";
import { formatOf, outputFlag, printedAs } from "./output.ts";
import { durationFlag } from "./run.ts";
import { EXIT, UsageError, type CliContext, type Verb } from "./verb.ts";

/** Between two looks of `--wait`: soon enough for people, seldom enough for an API server that starts. */
const LOOK_EVERY_MS = 2000;

export const check: Verb = {
  name: "check",
  operands: "",
  summary: "Tell whether invoiceops is well in this cluster: kinds, operator, leader, ownership, rights, sync windows",
  description:
    "Only reads and asks. It looks at the operator in --namespace, or else at every one that can be seen. What it may not look at is unknown, with the right that is missing; the operator's rights are asked of the API server, which needs no more than the operator's own when it runs as its ServiceAccount.",
  flags: {
    wait: { type: "string", value: "DURATION", help: "Look again until all is well, for so long at most" },
    output: outputFlag,
  },
  examples: ["check", "check -n invoiceops-system --wait 2m", "check -o json"],
  rights: [
    {
      verbs: ["list"],
      resource: "deployments.apps",
      where: "the operator's namespace",
      without: "the operator, its leader and its rights",
    },
    {
      verbs: ["get"],
      resource: "leases.coordination.k8s.io",
      where: "the operator's namespace",
      without: "the leader",
    },
    {
      verbs: ["list"],
      resource: "invoiceservices.invoiceops.dev",
      where: "the cluster, or the watched namespaces",
      without: "conflicts of ownership",
    },
    {
      verbs: ["get"],
      resource: "appprojects.argoproj.io",
      where: "the projects that the operator compares",
      without: "whether their sync windows fit",
    },
    {
      verbs: ["list"],
      resource: "filingcalendars.invoiceops.dev",
      where: "the cluster",
      without: "whether sync windows fit",
    },
    {
      verbs: ["get"],
      resource: "customresourcedefinitions.apiextensions.k8s.io",
      where: "the cluster",
      without: "versions in which objects are stored; schemas are compared as they are published",
    },
    {
      verbs: ["create"],
      resource: "subjectaccessreviews.authorization.k8s.io",
      where: "the cluster",
      without: "the operator's rights, unless it runs as the operator's ServiceAccount",
    },
  ],
  exits: {
    [EXIT.ok]: "all is well",
    [EXIT.not]: "something is wrong, and named",
    [EXIT.error]: "it cannot be told (no API server, no right to look), or the command line is wrong",
  },
  async run(context) {
    if (context.operands.length > 0)
      throw new UsageError(`check takes no name: ${context.operands.join(" ")} is too much`);
    formatOf(context);
    const findings = await wellOrLate(context);
    if (!printedAs(context, () => reportValue(findings))) context.out(reportText(findings, context.paint));
    return verdict(findings);
  },
};

/** The findings as soon as all is well, or those at the end of --wait. */
async function wellOrLate(context: CliContext): Promise<readonly Finding[]> {
  const { clock, signal, warn } = context;
  const wait = context.text("wait");
  const until = clock.monotonic() + (wait === undefined ? 0 : durationFlag("wait", wait));
  for (let told = ""; ;) {
    const findings = await lookAtInstallation(context);
    const left = until - clock.monotonic();
    if (verdict(findings) === EXIT.ok || left <= 0) return findings;
    const awaited = waitingFor(findings);
    if (awaited !== told) warn(`waiting for ${awaited}\n`);
    told = awaited;
    await clock.sleep(Math.min(LOOK_EVERY_MS, left), signal);
  }
}
