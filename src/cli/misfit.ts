import { schemaOf } from "../api/v1alpha1/crd.ts";
import { invoiceServiceKind, type InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { keyOf, type KubeObject } from "../kube/resource.ts";
import { schemaRefusals } from "./lint/schema.ts";

/**
 * What keeps a stored InvoiceService from being read, in words; undefined for what fits its schema. The API server
 * lets no such object in, but a store that was edited or restored, or a schema of another version, may hold one.
 */
export function misfitOf(service: InvoiceService & KubeObject): string | undefined {
  const refusals = schemaRefusals(schemaOf(invoiceServiceKind), service);
  if (refusals.length === 0) return undefined;
  const told = refusals.map(({ field, message }) => `${field}: ${message}`).join("; ");
  return `InvoiceService ${keyOf(service)} does not fit its schema: ${told}`;
}
