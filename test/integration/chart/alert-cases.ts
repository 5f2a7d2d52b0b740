/** For each alert: the series at which it fires, and others at which it must not. In promtool's notation, one value a minute. */

export interface AlertCase {
  alert: string;
  /** Labels of the alert beside its severity. */
  labels: Readonly<Record<string, string>>;
  /** What its texts show for $value. */
  value?: string;
  fires: Readonly<Record<string, string>>;
  /** Not yet at the one moment, at the other it does. */
  after: readonly [silent: string, firing: string];
  calm: Readonly<Record<string, string>>;
}

const SYSTEM = 'namespace="invoiceops-system"';
const SERVICE = 'namespace="billing",name="vat-issuing"';
const service = { namespace: "billing", name: "vat-issuing" };

const leads = (pod: string): string => `leader_election_master_status{name="invoiceops",${SYSTEM},pod="${pod}"}`;
const problem = (condition: string, reason: string): string =>
  `invoiceops_problem{${SERVICE},condition="${condition}",reason="${reason}",pod="a"}`;
const reconciles = (result: string): string =>
  `controller_runtime_reconcile_total{controller="invoiceservice",result="${result}",${SYSTEM}}`;
const errors = `controller_runtime_reconcile_errors_total{controller="invoiceservice",${SYSTEM}}`;
const longest = `workqueue_longest_running_processor_seconds{name="invoiceservice",${SYSTEM}}`;
const late = (le: string): string => `invoiceops_evaluation_lateness_seconds_bucket{le="${le}",${SYSTEM}}`;
const evaluations = (result: string): string => `invoiceops_evaluations_total{result="${result}",${SYSTEM}}`;
const lastDeadline = 'invoiceops_calendar_last_deadline_timestamp_seconds{calendar="vat"}';
const mismatches = 'invoiceops_argocd_sync_window_mismatches{project_namespace="argocd",project="billing"}';
const ready = `invoiceops_ready{${SERVICE},pod="a"}`;
const shortfall = `invoiceops_shortfall_replicas{${SERVICE},pod="a"}`;
const paused = (pod: string): string => `invoiceops_paused{${SERVICE},pod="${pod}"}`;
const opens = `invoiceops_window_opens_timestamp_seconds{${SERVICE},pod="a"}`;
const DAY = 86_400;

export const alertCases: readonly AlertCase[] = [
  {
    alert: "InvoiceopsDown",
    labels: { name: "invoiceops", namespace: "invoiceops-system" },
    // Another operator of the cluster is no sign of life of ours.
    fires: { 'leader_election_master_status{name="other",namespace="other"}': "1x60" },
    after: ["4m", "6m"],
    calm: { [leads("a")]: "0x60" },
  },
  {
    alert: "InvoiceopsNoLeader",
    labels: { namespace: "invoiceops-system" },
    fires: { [leads("a")]: "0x60", [leads("b")]: "0x60" },
    after: ["2m", "4m"],
    calm: { [leads("a")]: "0x60", [leads("b")]: "1x60" },
  },
  {
    alert: "InvoiceopsReconcilesFail",
    labels: { controller: "invoiceservice" },
    value: "20%",
    fires: { [errors]: "0+2x60", [reconciles("error")]: "0+2x60", [reconciles("success")]: "0+8x60" },
    after: ["14m", "18m"],
    calm: { [errors]: "0+1x60", [reconciles("error")]: "0+1x60", [reconciles("success")]: "0+19x60" },
  },
  {
    alert: "InvoiceopsWorkQueueStuck",
    labels: { name: "invoiceservice" },
    value: "8m 0s",
    fires: { [longest]: "0+60x60" },
    after: ["7m", "8m"],
    calm: { [longest]: "100x60" },
  },
  {
    alert: "InvoiceopsEvaluationsLate",
    labels: {},
    value: "29.8s",
    fires: { [late("10")]: "0x60", [late("30")]: "0+100x60", [late("+Inf")]: "0+100x60" },
    after: ["10m", "12m"],
    calm: { [late("10")]: "0+100x60", [late("30")]: "0+100x60", [late("+Inf")]: "0+100x60" },
  },
  {
    alert: "InvoiceopsEvaluationsFailing",
    labels: {},
    value: "75%",
    fires: { [evaluations("failed")]: "0+30x60", [evaluations("complete")]: "0+10x60" },
    after: ["10m", "12m"],
    calm: { [evaluations("failed")]: "0+10x60", [evaluations("complete")]: "0+10x60" },
  },
  {
    alert: "InvoiceopsCalendarExpiring",
    labels: { calendar: "vat" },
    value: "28d 22h 58m 0s",
    fires: { [lastDeadline]: `${29 * DAY}x90` },
    after: ["58m", "62m"],
    calm: { [lastDeadline]: `${32 * DAY}x90` },
  },
  {
    alert: "InvoiceopsSyncWindowsOutdated",
    labels: { project_namespace: "argocd", project: "billing" },
    value: "2",
    fires: { [mismatches]: "2x90" },
    after: ["59m", "60m"],
    calm: { [mismatches]: "0x90" },
  },
  {
    alert: "InvoiceopsPeakMissed",
    labels: service,
    fires: { [problem("Degraded", "PeakMissed")]: "1x60" },
    after: ["1m", "2m"],
    calm: { [problem("Degraded", "FallbackInForce")]: "1x60" },
  },
  {
    alert: "InvoiceopsCapacityShortfall",
    labels: service,
    value: "44",
    fires: { [shortfall]: "44x60" },
    after: ["14m", "15m"],
    calm: { [shortfall]: "0x60" },
  },
  {
    alert: "InvoiceopsReplicasLate",
    labels: service,
    fires: { [problem("CapacityReady", "Late")]: "1x60" },
    after: ["4m", "5m"],
    // Pods that come in time again and again.
    calm: { [problem("CapacityReady", "Late")]: "1 1 1 stale _ 1 1 1 stale _ 1 1 1" },
  },
  {
    alert: "InvoiceopsFloorContested",
    labels: service,
    fires: { [problem("FloorApplied", "Contested")]: "1x60" },
    after: ["4m", "5m"],
    calm: { [problem("FloorApplied", "WriteFailed")]: "1x60" },
  },
  {
    alert: "InvoiceopsFloorNotApplied",
    labels: { ...service, reason: "WriteFailed" },
    fires: { [problem("FloorApplied", "WriteFailed")]: "1x60" },
    after: ["9m", "10m"],
    calm: { [problem("FloorApplied", "Contested")]: "1x60" },
  },
  {
    alert: "InvoiceopsTelemetryStale",
    labels: { ...service, reason: "NoData" },
    fires: { [problem("MetricsAvailable", "NoData")]: "1x60" },
    after: ["9m", "10m"],
    calm: { [problem("CalendarConfirmed", "CalendarNotFound")]: "1x60" },
  },
  {
    alert: "InvoiceopsFallbackInForce",
    labels: service,
    fires: { [problem("Degraded", "FallbackInForce")]: "1x60" },
    after: ["4m", "5m"],
    calm: { [problem("Degraded", "PeakMissed")]: "1x60" },
  },
  {
    alert: "InvoiceopsCalendarUnconfirmed",
    labels: { ...service, reason: "NoWindowAhead" },
    fires: { [problem("CalendarConfirmed", "NoWindowAhead")]: "1x60" },
    after: ["29m", "30m"],
    calm: { [problem("MetricsAvailable", "NoData")]: "1x60" },
  },
  {
    alert: "InvoiceopsServiceNotReady",
    labels: service,
    fires: { [ready]: "0x60" },
    after: ["14m", "15m"],
    calm: { [ready]: "0x10 1 0x10" },
  },
  {
    alert: "InvoiceopsPausedAtWindow",
    labels: service,
    fires: { [paused("a")]: "1x60", [opens]: `${DAY}x60` },
    after: ["14m", "16m"],
    calm: { [paused("a")]: "1x60", [opens]: `${3 * DAY}x60` },
  },
  {
    alert: "InvoiceopsPausedLong",
    labels: service,
    // The leader changes after half a day, and the new one needs three minutes until it shows the service.
    fires: { [paused("a")]: "1x720", [paused("b")]: "_x723 1x800" },
    after: ["1439m", "1440m"],
    calm: { [paused("a")]: "1x700 _x40 1x700" },
  },
];
