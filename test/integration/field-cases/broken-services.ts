import type { invoiceService } from "../../support/billing.ts";

export type Service = NonNullable<Parameters<typeof invoiceService>[0]>;
/** Values by their paths; undefined takes a field away. */
export type Values = Readonly<Record<string, unknown>>;

interface Broken {
  /** What is wrong, in words for the test's name. */
  what: string;
  /** What the API server lets in. */
  service?: Omit<Service, "name">;
  /** It follows the calendar of the test, which is broken itself. */
  calendarIsBroken?: boolean;
  /** What it does not let in today. */
  stored?: Values;
  /** The condition that tells, and what it says. */
  condition: [
    type: "Stalled" | "MetricsAvailable" | "FloorApplied" | "CalendarConfirmed" | "ForecastReady",
    reason: string,
  ];
  message: RegExp;
}

export const office = { name: "office", timeZone: "UTC", start: "0 9 * * *", end: "0 17 * * *", replicas: 5 };
const event = { name: "day", timeZone: "UTC", start: "2027-01-12T09:00", end: "2027-01-12T17:00", replicas: 5 };

export const broken: Broken[] = [
  {
    what: "a zone that does not exist",
    service: { scaling: { schedules: [{ ...office, timeZone: "Europe/Berlim" }] } },
    condition: ["Stalled", "InvalidSpec"],
    message: /spec.scaling.schedules\[office\].timeZone: "Europe\/Berlim" .*Europe\/Berlin/,
  },
  {
    what: "a cron time that never comes",
    service: { scaling: { schedules: [{ ...office, start: "0 9 31 2 *" }] } },
    condition: ["Stalled", "InvalidSpec"],
    message: /schedules\[office\].start: "0 9 31 2 \*" never fires/,
  },
  {
    what: "a cron time that is none",
    service: { scaling: { schedules: [office] } },
    stored: { "spec.scaling.schedules.0.start": "every morning" },
    condition: ["Stalled", "InvalidSpec"],
    message: /spec.scaling.schedules\[office\].start: "every morning"/,
  },
  {
    what: "an event at a time that does not exist",
    service: { events: [{ ...event, end: "2027-02-30T09:00" }] },
    condition: ["Stalled", "InvalidSpec"],
    message: /spec.events\[day\].end: "2027-02-30/,
  },
  {
    what: "durations in days, words and nothing",
    stored: {
      "spec.scaling.lead": "soon",
      "spec.scaling.stabilization": { up: "", down: "5" },
      "spec.scaling.release": { grace: "1d", stepPercent: 20, every: "0s" },
    },
    condition: ["Stalled", "InvalidSpec"],
    message: /stabilization.up: "".*stabilization.down: "5".*lead: "soon".*grace: "1d".*24h.*every: "0s"/,
  },
  {
    what: "numbers out of range",
    stored: {
      "spec.scaling.minReplicas": 9,
      "spec.scaling.maxReplicas": 3,
      "spec.scaling.perReplica": 0,
      "spec.scaling.utilization": -1,
      "spec.scaling.tolerance": 7,
    },
    condition: ["Stalled", "InvalidSpec"],
    message: /minReplicas: 9.*perReplica: 0.*utilization: -1.*tolerance: 7/,
  },
  {
    what: "a workload that does not exist",
    service: { workload: { apiVersion: "apps/v1", kind: "Deployment", name: "gone" } },
    condition: ["Stalled", "WorkloadNotFound"],
    message: /Deployment\/gone/,
  },
  {
    what: "a workload of a kind that is not served",
    service: { workload: { apiVersion: "example.com/v1", kind: "Rollout", name: "inv-api" } },
    condition: ["Stalled", "WorkloadNotFound"],
    message: /example.com\/v1/,
  },
  {
    what: "a workload of a kind that it may not read",
    service: { workload: { apiVersion: "apps/v1", kind: "ReplicaSet", name: "inv-api" } },
    condition: ["FloorApplied", "KindNotReadable"],
    message: /ReplicaSet/,
  },
  {
    what: "the workload of another service",
    service: { workload: { apiVersion: "apps/v1", kind: "Deployment", name: "inv-api" } },
    condition: ["Stalled", "AmbiguousTarget"],
    message: /\/inv already scales/,
  },
  {
    what: "a calendar that does not exist",
    service: { calendars: [{ name: "nowhere" }] },
    condition: ["Stalled", "CalendarNotFound"],
    message: /nowhere/,
  },
  {
    what: "a Secret that does not exist",
    service: { prometheus: { url: "http://127.0.0.1:9", authorization: { bearer: { secretName: "lost" } } } },
    condition: ["MetricsAvailable", "SecretNotFound"],
    message: /Secret lost/,
  },
  {
    what: "a key that its Secret does not have",
    service: {
      prometheus: { url: "http://127.0.0.1:9", authorization: { bearer: { secretName: "odd", key: "lost" } } },
    },
    condition: ["MetricsAvailable", "SecretNotFound"],
    message: /no key lost/,
  },
  {
    what: "a token that no header can carry",
    service: {
      prometheus: { url: "http://127.0.0.1:9", authorization: { bearer: { secretName: "odd", key: "token" } } },
    },
    condition: ["MetricsAvailable", "Unavailable"],
    message: /invalid authorization header$/,
  },
  {
    what: "headers that are none",
    service: { prometheus: { url: "http://127.0.0.1:9", headers: { secretName: "odd" } } },
    condition: ["MetricsAvailable", "Unavailable"],
    message: /invalid token header$/,
  },
  {
    what: "a Prometheus that refuses",
    service: { prometheus: { url: "http://127.0.0.1:9" } },
    condition: ["MetricsAvailable", "Unavailable"],
    message: /refused/,
  },
  {
    what: "a Prometheus that does not resolve",
    service: { prometheus: { url: "http://prometheus.invalid" } },
    condition: ["MetricsAvailable", "Unavailable"],
    message: /resolve/,
  },
  {
    what: "an address that is none",
    stored: { "spec.prometheus.url": "prometheus:9090" },
    condition: ["MetricsAvailable", "Unavailable"],
    message: /address/,
  },
  {
    what: "a query that Prometheus refuses",
    service: { demand: { query: "sum(" } },
    condition: ["MetricsAvailable", "QueryError"],
    message: /parse error/,
  },
  {
    what: "a calendar that is broken itself",
    calendarIsBroken: true,
    condition: ["CalendarConfirmed", "CalendarInvalid"],
    message: /Europe\/Berlin/,
  },
];

/** What no rule ever let in: only a hand in the store can make these. */
export const beyond: Values[] = [
  { "spec.scaling.minReplicas": "two", "spec.scaling.perReplica": "many" },
  { "spec.scaling": undefined },
  { "spec.demand": undefined },
  { "spec.workload": undefined },
  { "spec.prometheus": undefined },
  { "spec.events": "none", "spec.calendars": {} },
  { spec: null },
  { spec: [], status: "fine" },
];
