/**
 * The reason of every condition. Each has two lines: when it appears, and what the user should do.
 * Reasons are part of the API: programs match on them, so they are added and never renamed.
 */

export const Ready = {
  /** All enabled parts do their work. Nothing to do. */
  AllPartsReady: "AllPartsReady",
  /** The object, or a change of it, is being taken in. Wait; see Reconciling. */
  Reconciling: "Reconciling",
  /** Something stands in the way that only the user can change. See Stalled. */
  Stalled: "Stalled",
  /** At least one part does not do its work; the message names it. See the conditions that are not as they should be. */
  PartNotReady: "PartNotReady",
  /** The calendar has a window in sight (FilingCalendar only). Nothing to do. */
  WindowsKnown: "WindowsKnown",
  /** The calendar has no window left (FilingCalendar only). Add the dates of the coming periods. */
  NoWindowAhead: "NoWindowAhead",
} as const;

export const Reconciling = {
  /** A new generation of the spec is being worked on. Wait. */
  NewGeneration: "NewGeneration",
  /** The first evaluation is not complete: workload, metrics or calendar are being read. Wait. */
  Starting: "Starting",
  /** The last attempt failed for a reason that may pass; the message has it. Wait, and look at it when it stays. */
  Retrying: "Retrying",
} as const;

export const Stalled = {
  /** Part of the spec cannot be used: the message names each field, its value and the fix. Edit the spec. */
  InvalidSpec: "InvalidSpec",
  /** The workload does not exist. Create it or correct spec.workload. */
  WorkloadNotFound: "WorkloadNotFound",
  /** The operator may not read the workload's kind, or ScaledObjects. Give it the rights that the message names. */
  KindNotReadable: "KindNotReadable",
  /** A FilingCalendar does not exist, or a regime is not built in. Create it or correct spec.calendars. */
  CalendarNotFound: "CalendarNotFound",
  /** A Secret, or the key in it, does not exist. Create it or correct the reference. */
  SecretNotFound: "SecretNotFound",
  /** No address of a Prometheus is known. Set spec.prometheus.url, or the operator's --prometheus-url. */
  NoPrometheus: "NoPrometheus",
  /** Several autoscalers, or several InvoiceServices, want the same workload. Keep one of those named. */
  AmbiguousTarget: "AmbiguousTarget",
  /** spec.scaling.target names an autoscaler that does not exist, or Scale although one exists. Change either. */
  TargetMismatch: "TargetMismatch",
} as const;

export const Degraded = {
  /** Nothing is wrong. Nothing to do. */
  None: "None",
  /** The floor cannot be written because somebody else holds the field. Do what FloorApplied says. */
  FloorContested: "FloorContested",
  /** The peak came and not enough replicas were ready. See CapacityReady for the numbers and the cause. */
  PeakMissed: "PeakMissed",
  /** Metrics are missing for so long that the fallback number is in force. See MetricsAvailable. */
  FallbackInForce: "FallbackInForce",
} as const;

export const MetricsAvailable = {
  /** Every query gave one clean number. Nothing to do. */
  Available: "Available",
  /** No answer has been had yet. Wait for the first evaluation. */
  NotYetAsked: "NotYetAsked",
  /** No address of a Prometheus is known. Set spec.prometheus.url, or the operator's --prometheus-url. */
  NoPrometheus: "NoPrometheus",
  /** The query, or its selection, gave no series. Check query and select; emptyMeansZero if empty is normal. */
  NoData: "NoData",
  /** The sample is NaN, infinite or no number. Guard the query against division by zero and missing data. */
  InvalidSample: "InvalidSample",
  /** The series is a native histogram, which is no single number. Use histogram_quantile or histogram_count. */
  HistogramSample: "HistogramSample",
  /** Several series came where one is expected. Aggregate with sum, or choose one with select. */
  AmbiguousSeries: "AmbiguousSeries",
  /** Part of the stores did not answer (the answer has warnings). It may raise, not lower; mend the store named. */
  PartialData: "PartialData",
  /** The newest sample is too old. Look at the scrape target and at Prometheus's own health. */
  Stale: "Stale",
  /** Prometheus refused or failed to run the query. Correct the query; the message has Prometheus's words. */
  QueryError: "QueryError",
  /** Prometheus refused the credentials. Check the Secrets of spec.prometheus. */
  Unauthorized: "Unauthorized",
  /** A Secret of spec.prometheus, or a key in it, does not exist. Create it or correct the reference. */
  SecretNotFound: "SecretNotFound",
  /** Prometheus does not answer properly: refused, unknown name, TLS, HTTP error. Check url, ca and the server. */
  Unavailable: "Unavailable",
  /** No complete answer within the time limit. Make the query cheaper, or raise spec.prometheus.timeout. */
  Timeout: "Timeout",
  /** The answer was too large and was broken off. Aggregate in the query. */
  TooLarge: "TooLarge",
  /** The answer is not a vector. Use a query that gives an instant vector; check that url is a Prometheus. */
  UnexpectedResult: "UnexpectedResult",
} as const;

export const ForecastReady = {
  /** The forecast rests on enough history. Nothing to do. */
  Ready: "Ready",
  /** Less than 24 h of history; the baseline is the median of what there is. Wait, or backfill Prometheus. */
  InsufficientHistory: "InsufficientHistory",
  /** The history could not be read; windows are planned with the last one that was. See MetricsAvailable. */
  HistoryUnavailable: "HistoryUnavailable",
  /** What one replica serves is not given and could not be learnt; the message says why. Set spec.scaling.perReplica. */
  CapacityUnknown: "CapacityUnknown",
  /** The ConfigMap of what was learnt is not ours, damaged, or of a newer version; it is left alone. Do as the message says. */
  StateUnusable: "StateUnusable",
  /** The forecast is ready, but the operator could not keep it for its next process. Give it the right that is named. */
  StateNotKept: "StateNotKept",
  /** Neither calendars nor events ask for a forecast. Nothing to do. */
  NotNeeded: "NotNeeded",
} as const;

export const CalendarConfirmed = {
  /** All dates in sight are published ones. Nothing to do. */
  Published: "Published",
  /** Dates in sight follow from a rule and were not confirmed by the authority. Add an override if one moves. */
  Computed: "Computed",
  /** Dates in sight, or from 1 November on of the coming year, wait for holidays. Give these once they are published. */
  HolidayYearNotPublished: "HolidayYearNotPublished",
  /** Whether a day that moves a date in sight is off cannot be told; it is held longer. Add an override once it is known. */
  HolidayUnsure: "HolidayUnsure",
  /** Whether a rule moves a date in sight is not settled; it is held longer. Add an override once the date is known. */
  RuleUnsettled: "RuleUnsettled",
  /** A FilingCalendar of spec.calendars does not exist, or a regime is not built in. Create it or correct the name. */
  CalendarNotFound: "CalendarNotFound",
  /** Part of a calendar cannot be used; the rest is. The message names field, value and fix. */
  CalendarInvalid: "CalendarInvalid",
  /** A calendar has no window left. Add the dates of the coming periods. */
  NoWindowAhead: "NoWindowAhead",
  /** No calendar is named. Nothing to do. */
  NoCalendar: "NoCalendar",
} as const;

export const FloorApplied = {
  /** The field stands at the planned floor. Nothing to do. */
  Applied: "Applied",
  /** Nothing above the base is planned; the field is as its owner set it. Nothing to do. */
  AtBase: "AtBase",
  /** The floor stands, but the field is also in somebody's manifest, whose next apply resets it. Take it out there. */
  DeclaredElsewhere: "DeclaredElsewhere",
  /** Another writer holds the field or reset it twice; we stopped writing. Do what the message says for that writer. */
  Contested: "Contested",
  /** The annotation invoiceops.dev/paused freezes the field. Remove it to go on. */
  Paused: "Paused",
  /** spec.mode is Observe: decisions are published, nothing is written. Set Auto to have them applied. */
  Observing: "Observing",
  /** spec.scaling.target is None: the recommendation is only published. Nothing to do. */
  TargetNone: "TargetNone",
  /** The workload of spec.workload does not exist. Create it or correct the reference. */
  WorkloadNotFound: "WorkloadNotFound",
  /** The operator may not read the workload's kind, or ScaledObjects. Give it the rights that the message names. */
  KindNotReadable: "KindNotReadable",
  /** spec.scaling.target names an autoscaler that does not exist. Create it or use Auto. */
  TargetNotFound: "TargetNotFound",
  /** Several autoscalers scale the workload, or several InvoiceServices name it. Keep one of those named. */
  AmbiguousTarget: "AmbiguousTarget",
  /** target is Scale but an autoscaler scales the workload. Use Auto or remove the autoscaler. */
  AutoscalerPresent: "AutoscalerPresent",
  /** The ScaledObject is paused by an annotation of KEDA. Remove the annotation to go on. */
  ScaledObjectPaused: "ScaledObjectPaused",
  /** The workload was set to 0 replicas, which switches autoscaling off. Scale it to 1 or more to go on. */
  ScaledToZero: "ScaledToZero",
  /** The API server refused the write. The message has its words: usually a right or an admission policy. */
  WriteFailed: "WriteFailed",
} as const;

export const CapacityReady = {
  /** As many replicas are ready as the floor asks for. Nothing to do. */
  Ready: "Ready",
  /** Replicas were asked for and are starting, within their usual time. Wait. */
  Starting: "Starting",
  /** Replicas take longer than the lead time. Look at the pods that are not ready; the message counts them. */
  Late: "Late",
} as const;

export const CapacityShortfall = {
  /** The coming peak fits under every limit in sight. Nothing to do. */
  None: "None",
  /** The peak needs more than spec.scaling.maxReplicas. Raise it. */
  MaxReplicas: "MaxReplicas",
  /** The peak needs more than the autoscaler's own maximum. Raise that. */
  AutoscalerMaximum: "AutoscalerMaximum",
  /** The peak needs more than a ResourceQuota leaves. Raise the quota named. */
  ResourceQuota: "ResourceQuota",
} as const;

interface Reasons {
  Ready: typeof Ready;
  Reconciling: typeof Reconciling;
  Stalled: typeof Stalled;
  Degraded: typeof Degraded;
  MetricsAvailable: typeof MetricsAvailable;
  ForecastReady: typeof ForecastReady;
  CalendarConfirmed: typeof CalendarConfirmed;
  FloorApplied: typeof FloorApplied;
  CapacityReady: typeof CapacityReady;
  CapacityShortfall: typeof CapacityShortfall;
}

/** The reasons that a condition of type T may carry. */
export type ReasonOf<T extends keyof Reasons> = Reasons[T][keyof Reasons[T]];
