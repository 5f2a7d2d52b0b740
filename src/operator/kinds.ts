import type { FilingCalendar } from "../api/v1alpha1/filing-calendar.ts";
import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import type { SyncWindow } from "../calendar/sync-windows.ts";
import { defineResource, type KubeObject } from "../kube/resource.ts";

/** Our own kinds as the API server serves them, and one of Argo CD's. */

const own = { group: "invoiceops.dev", version: "v1alpha1" };

export const invoiceServices = defineResource<InvoiceService & KubeObject>({
  ...own,
  kind: "InvoiceService",
  plural: "invoiceservices",
  namespaced: true,
});

export const filingCalendars = defineResource<FilingCalendar & KubeObject>({
  ...own,
  kind: "FilingCalendar",
  plural: "filingcalendars",
  namespaced: false,
});

/** A project of Argo CD, as far as it is read here. It is never written. */
export interface AppProject extends KubeObject {
  spec: { syncWindows?: readonly Partial<SyncWindow>[] };
}

export const appProjects = defineResource<AppProject>({
  group: "argoproj.io",
  version: "v1alpha1",
  kind: "AppProject",
  plural: "appprojects",
  namespaced: true,
});
