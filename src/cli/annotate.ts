import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import type { KubeObject } from "../kube/resource.ts";
import { isNotFound } from "../kube/errors.ts";
import { invoiceServices } from "../operator/kinds.ts";
import { nearest } from "./nearest.ts";
import { UsageError, type CliContext, type Right } from "./verb.ts";

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
    if (!isNotFound(error) || (error as Error).message.includes("could not find the requested resource")) throw error;
    const near = nearest(name, await namesIn(context, namespace));
    const meant = near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "";
    throw new Error(`there is no InvoiceService ${name} in the namespace ${namespace}${meant}`, { cause: error });
  }
}

/** The one operand; throws a UsageError unless it is there, alone. */
export function nameOf({ operands }: Pick<CliContext, "operands">): string {
  const [name, ...more] = operands;
  if (name === undefined) throw new UsageError("the name of an InvoiceService is missing");
  if (more.length > 0) throw new UsageError(`one InvoiceService at a time: ${more.join(" ")} is too much`);
  return name;
}

/** For the help in an error alone, so what cannot be listed is no error of its own. */
async function namesIn(context: CliContext, namespace: string): Promise<string[]> {
  try {
    const { items } = await context.cluster().client.list(invoiceServices, { namespace });
    return items.map(({ metadata }) => metadata.name);
  } catch {
    return [];
  }
}
