import { completionScript, SHELLS, type Shell } from "./completion/scripts.ts";
import { EXIT, UsageError, type Verb } from "./verb.ts";

export const completion: Verb = {
  name: "completion",
  operands: SHELLS.join("|"),
  summary: "Print a script that completes verbs, flags and names in a shell",
  description:
    "For `kubectl invoiceops` itself kubectl asks a program named kubectl_complete-invoiceops, which is installed beside kubectl-invoiceops.",
  flags: {},
  examples: ["completion bash > /etc/bash_completion.d/invoiceops", "completion fish | source"],
  rights: [{ verbs: ["list"], resource: "invoiceservices.invoiceops.dev", without: "names of InvoiceServices" }],
  exits: { [EXIT.ok]: "the script is printed", [EXIT.error]: "there is no script for this shell" },
  async run({ operands: [shell, ...more], out }) {
    if (more.length > 0 || !(SHELLS as readonly string[]).includes(shell ?? "")) {
      throw new UsageError(`name one shell: ${SHELLS.join(", ")}`);
    }
    out(completionScript(shell as Shell));
    return EXIT.ok;
  },
};
