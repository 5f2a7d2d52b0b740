import { stringify } from "yaml";
import { invoiceService, type SpecChanges } from "../ownership/manifests.ts";

/** What the chapters have in Git. */

export function service(name: string, changes: SpecChanges = {}): object {
  const kind = "InvoiceService";
  return { apiVersion: "invoiceops.dev/v1alpha1", kind, metadata: { name }, spec: invoiceService(name, changes) };
}

/** From the 1st to the 15th of each month, unless the spec is another. */
export function calendar(name: string, spec: object = { monthly: { deadlineDay: 15, opensDay: 1 } }): object {
  const metadata = { name };
  const zoned = { timeZone: "Asia/Shanghai", ...spec };
  return { apiVersion: "invoiceops.dev/v1alpha1", kind: "FilingCalendar", metadata, spec: zoned };
}

/** The folder of an Application in Git, one file for each object; their order is no order of application. */
export function folderOf(name: string, objects: readonly object[]): Record<string, string | undefined> {
  const files = objects.map((object, index) => {
    const { kind } = object as { kind: string };
    return [`apps/${name}/${index}-${kind.toLowerCase()}.yaml`, stringify(object)] as const;
  });
  // What was there before goes first.
  return { [`apps/${name}`]: undefined, ...Object.fromEntries(files) };
}
