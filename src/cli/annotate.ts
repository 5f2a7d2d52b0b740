import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import type { KubeObject } from "../kube/resource.ts";
import { invoiceServices } from "../operator/kinds.ts";
import { missing, nameOf } from "./named-service.ts";
import { EXIT, type CliContext, type Exits, type Right } from "./verb.ts";

/** What the verbs share that ask something of one InvoiceService by an annotation, where a GitOps tool does not look. */

/** What such a verb asks of the API server. */
export const annotateRights: readonly Right[] = [
  { verbs: ["patch"], resource: "invoiceservices.invoiceops.dev" },
  {
    verbs: ["list"],
    resource: "invoiceservices.invoiceops.dev",
    without: "the names that come near, when there is none of the given name",
  },
];

/** Of such a verb; `done` in words. */
export function annotateExits(done: string): Exits {
  return { [EXIT.ok]: done, [EXIT.error]: "an error, such as no service of this name, or no right to change it" };
}

/** Sets annotations of the service that the command line names; null takes one away. */
export async function annotate(
  context: CliContext,
  annotations: Readonly<Record<string, string | null>>,
): Promise<InvoiceService & KubeObject> {
  const { client, namespace } = context.cluster();
  const name = nameOf(context);
  try {
    return await client.patch(invoiceServices, { namespace, name }, { metadata: { annotations } });
  } catch (error) {
    return missing(context, name, error);
  }
}
