import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import type { Client } from "../kube/client.ts";
import { isNotFound } from "../kube/errors.ts";
import { invoiceServices } from "./kinds.ts";

/** Keeps an InvoiceService until the base of its autoscaler is back; stands only while a floor above it does. */
export const FINALIZER = "invoiceops.dev/release-floor";

/** Sets or gives up the finalizer, when it is not so already. Others' finalizers are not touched: the list is a set. */
export async function holdFinalizer(client: Client, service: InvoiceService, held: boolean): Promise<void> {
  const { name, namespace, uid, finalizers = [], deletionTimestamp } = service.metadata;
  if (finalizers.includes(FINALIZER) === held) return;
  // What is being deleted takes no new finalizer, and needs none: the release is under way.
  if (held && deletionTimestamp !== undefined) return;
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(held ? { finalizers: [FINALIZER] } : {}),
  };
  try {
    await client.apply(invoiceServices, { metadata });
  } catch (error) {
    if (held || !isNotFound(error)) throw error;
  }
}
