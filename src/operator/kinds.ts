import type { FilingCalendar } from "../api/v1alpha1/filing-calendar.ts";
import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { defineResource, type KubeObject } from "../kube/resource.ts";

/** Our own kinds as the API server serves them. */

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
