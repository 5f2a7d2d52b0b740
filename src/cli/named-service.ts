import { isKindMissing, isNotFound } from "../kube/errors.ts";
import { invoiceServices } from "../operator/kinds.ts";
import { nearest } from "./nearest.ts";
import { UsageError, type CliContext } from "./verb.ts";

/** The one InvoiceService that a command line names. */

/** The one operand; throws a UsageError unless it is there, alone. */
export function nameOf({ operands }: Pick<CliContext, "operands">): string {
  const [name, ...more] = operands;
  if (name === undefined) throw new UsageError("the name of an InvoiceService is missing");
  if (more.length > 0) throw new UsageError(`one InvoiceService at a time: ${more.join(" ")} is too much`);
  return name;
}

/** Throws what the API server said; where it knows no such object, with the names that come near. */
export async function missing(context: CliContext, name: string, error: unknown): Promise<never> {
  if (!isNotFound(error) || isKindMissing(error)) throw error;
  const { namespace } = context.cluster();
  const near = nearest(name, await namesIn(context, namespace));
  const meant = near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "";
  throw new Error(`there is no InvoiceService ${name} in the namespace ${namespace}${meant}`, { cause: error });
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
