import type { Problem } from "./fields.ts";
import type { InvoiceServiceSpec } from "./invoice-service.ts";

/** Placeholder until the run-time refusals land. */
export function validateInvoiceService(_spec: InvoiceServiceSpec): Problem[] {
  return [];
}
