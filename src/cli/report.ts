import { writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import { check } from "./check.ts";
import { collect } from "./report/collect.ts";
import { redacted } from "./report/redact.ts";
import { EXIT, UsageError, type Right, type Verb } from "./verb.ts";

const ownRights: readonly Right[] = [
  { verbs: ["list"], resource: "invoiceservices.invoiceops.dev", where: "the cluster", without: "the InvoiceServices" },
  { verbs: ["list"], resource: "filingcalendars.invoiceops.dev", where: "the cluster", without: "the FilingCalendars" },
  { verbs: ["list"], resource: "events.events.k8s.io", where: "the cluster", without: "the Events" },
  {
    verbs: ["list"],
    resource: "deployments.apps",
    where: "the operator's namespace",
    without: "the operator and its pods",
  },
  { verbs: ["list"], resource: "pods", where: "the operator's namespace", without: "its pods and metrics" },
  { verbs: ["get"], resource: "pods/proxy", where: "the operator's namespace", without: "its metrics" },
  { verbs: ["get"], resource: "leases.coordination.k8s.io", where: "the operator's namespace", without: "its Lease" },
];

export const report: Verb = {
  name: "report",
  operands: "",
  summary: "Write all that helps to help you into one YAML text: versions, check, objects, Events, metrics; no secrets",
  description:
    "Secrets are never read. What looks like a credential is taken out of everything else: passwords in addresses, tokens, headers, values of environment variables, annotations of other tools. Read it all the same before you send it: names of namespaces, hosts and objects are in it. What may not be read is left out, with the reason in its place. With --namespace InvoiceServices and Events of that namespace alone.",
  flags: { file: { type: "string", value: "FILE", help: "Write into a file (default: standard output)" } },
  examples: ["report --file invoiceops.yaml", "report -n billing | less"],
  // What is in it is read once for the check, too.
  rights: [...ownRights, ...check.rights.filter(({ resource }) => !ownRights.some((own) => own.resource === resource))],
  exits: {
    [EXIT.ok]: "the report is written; what could not be read stands in it with the reason",
    [EXIT.error]: "nothing is written: no cluster, no such file, or the command line is wrong",
  },
  async run(context) {
    if (context.operands.length > 0)
      throw new UsageError(`report takes no name: ${context.operands.join(" ")} is too much`);
    const sections = await collect(context);
    const text = sections
      .map(
        ({ name, value }) =>
          `---\n# ${name}\n${stringify({ [name]: redacted(value) }, { lineWidth: 0, aliasDuplicateObjects: false })}`,
      )
      .join("");
    const file = context.text("file");
    if (file === undefined) context.out(text);
    else {
      await writeFile(file, text, { mode: 0o600 });
      context.warn(`wrote ${file}\n`);
    }
    return EXIT.ok;
  },
};
