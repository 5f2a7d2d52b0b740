import { filingCalendarKind } from "../../src/api/v1alpha1/filing-calendar.ts";
import { invoiceServiceKind } from "../../src/api/v1alpha1/invoice-service.ts";
import type { KindDefinition } from "../../src/api/v1alpha1/kind.ts";
import type { Resource } from "../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../src/operator/kinds.ts";

/** What the rules of our kinds refuse: an object that is good, and changes of it that are not, each with its refusal. */

const service = {
  metadata: { name: "vat", namespace: "default" },
  spec: {
    workload: { apiVersion: "apps/v1", kind: "Deployment", name: "vat-api" },
    demand: { query: "sum(rate(http_requests_total[2m]))" },
    scaling: { minReplicas: 2, maxReplicas: 60 },
  },
};
const calendar = {
  metadata: { name: "vat" },
  spec: { timeZone: "Asia/Shanghai", monthly: { deadlineDay: 15, opensDay: 1 } },
};
const schedule = { name: "office", timeZone: "Asia/Shanghai", start: "0 9 * * 1-5", end: "0 18 * * 1-5", replicas: 6 };
const event = {
  name: "d11",
  timeZone: "Asia/Shanghai",
  start: "2026-11-11T00:00",
  end: "2026-11-12T00:00",
  replicas: 9,
};
const dates = [{ period: "Q3", opens: "2026-11-01", deadline: "2026-11-15" }];
const byDates = { "spec.monthly": undefined, "spec.dates": dates };
const filing = {
  name: "VAT",
  type: "monthly",
  deadline: { day: 25 },
  shift: "nextWorkday",
  opens: { day: 1 },
};
const byFilings = (change: object): Record<string, unknown> => ({
  "spec.monthly": undefined,
  "spec.filings": [{ ...filing, ...change }],
});
const holidays = { year: 2027, days: ["2027-01-01"], source: "notice 7" };
const override = { period: "2026-11", deadline: "2026-11-18", source: "notice 42" };

const ZONE =
  "which is not an IANA time zone: write a place such as Asia/Shanghai, or UTC (abbreviations such as CST mean several zones, offsets know no daylight saving)";
const CRON =
  "which is not a cron time of five fields: write minute hour day-of-month month day-of-week as in 0 9 * * 1-5, or 0 0 L * * (last day of the month)";
const LOCAL = "which is not a local time: write it as 2026-11-11T00:00, without an offset (the zone is timeZone)";
const DAY =
  "which is not a day or a local time: write 2026-11-16 or 2026-11-16T18:00, without an offset (the zone is timeZone)";

const REGIME = "which is not the code of a regime: write CN, DE-BY, EU-OSS (invoiceops calendar --help lists them)";

type Case = [values: Record<string, unknown>, field: string, message: string];

const serviceCases: Case[] = [
  [
    { "spec.workload.apiVersion": "Deployment" },
    "spec.workload.apiVersion",
    'spec.workload.apiVersion is "Deployment", which is not a group and version: write it as apps/v1',
  ],
  [
    { "spec.workload.kind": "deployments" },
    "spec.workload.kind",
    'spec.workload.kind is "deployments", which is not a kind: write it in the singular, as Deployment',
  ],
  [
    { "spec.workload.name": "deployment/vat-api" },
    "spec.workload.name",
    'spec.workload.name is "deployment/vat-api", which is not a name: write the name alone, in lower case, without kind and namespace',
  ],

  [
    { "spec.prometheus.url": "prometheus:9090" },
    "spec.prometheus.url",
    'spec.prometheus.url is "prometheus:9090", which is not an http or https address without user and password: write it as http://prometheus.monitoring:9090, and credentials into a Secret named by authorization',
  ],
  [
    { "spec.prometheus.url": "http://me:secret@prometheus:9090" },
    "spec.prometheus.url",
    "credentials into a Secret named by authorization",
  ],
  [
    { "spec.prometheus.url": "http://p", "spec.prometheus.authorization": {} },
    "spec.prometheus.authorization",
    "spec.prometheus.authorization has neither bearer nor basic: give one, or leave authorization out",
  ],
  [
    {
      "spec.prometheus.url": "http://p",
      "spec.prometheus.authorization": { bearer: { secretName: "a" }, basic: { secretName: "a" } },
    },
    "spec.prometheus.authorization",
    "spec.prometheus.authorization has both bearer and basic: remove one of them",
  ],
  [
    { "spec.prometheus.ca": { secretName: "a" } },
    "spec.prometheus",
    "spec.prometheus has authorization, ca or headers but no url: give the url that they are for; the operator's own --prometheus-url has its own",
  ],
  [
    { "spec.prometheus.timeout": "5" },
    "spec.prometheus.timeout",
    'spec.prometheus.timeout is "5", which is not a duration: write 300s, 10m, 24h or 1h30m',
  ],
  [
    { "spec.prometheus.timeout": "0s" },
    "spec.prometheus.timeout",
    'spec.prometheus.timeout is "0s" and must be longer than zero: write a duration such as 10m',
  ],

  [
    { "spec.demand.query": " " },
    "spec.demand.query",
    "spec.demand.query is empty: write PromQL such as sum(rate(http_requests_total[2m]))",
  ],
  [
    { "spec.demand.select": {} },
    "spec.demand.select",
    "select is empty: name the labels of the one series to take, or leave select out",
  ],
  [
    { "spec.demand.select": { "app.kubernetes.io/name": "vat" } },
    "spec.demand.select",
    'select has the key "app.kubernetes.io/name", which is no label name: use letters, digits and underscores, not starting with a digit',
  ],
  [
    { "spec.demand.signals": [{ name: "queue", query: "", perReplica: 1 }] },
    "spec.demand.signals[0].query",
    "query is empty: write PromQL",
  ],
  [
    { "spec.demand.signals": [{ name: "queue", query: "up", perReplica: 1, select: {} }] },
    "spec.demand.signals[0].select",
    "select is empty",
  ],
  [
    { "spec.demand.signals": [{ name: "queue", query: "up", perReplica: 1, select: { "0": "a" } }] },
    "spec.demand.signals[0].select",
    'select has the key "0"',
  ],

  [
    { "spec.calendars": [{ name: "vat" }, { name: "vat" }] },
    "spec.calendars",
    "spec.calendars names vat twice: remove one",
  ],
  [
    { "spec.calendars": [{ name: "vat" }, { regime: "CN" }, { regime: "CN" }] },
    "spec.calendars",
    "spec.calendars names CN twice: remove one",
  ],
  [{ "spec.calendars": [{ regime: "cn" }] }, "spec.calendars[0].regime", `regime is "cn", ${REGIME}`],
  [
    { "spec.calendars": [{}] },
    "spec.calendars[0]",
    "a calendar has neither regime nor name: give one, as in {regime: CN}",
  ],
  [
    { "spec.calendars": [{ regime: "CN", name: "vat" }] },
    "spec.calendars[0]",
    "a calendar has both regime and name: remove one of them",
  ],

  [{ "spec.events": [{ ...event, timeZone: "CST" }] }, "spec.events[0].timeZone", `timeZone is "CST", ${ZONE}`],
  [{ "spec.events": [{ ...event, start: "2026-11-11" }] }, "spec.events[0].start", `start is "2026-11-11", ${LOCAL}`],
  [
    { "spec.events": [{ ...event, end: "2026-11-12T00:00+08:00" }] },
    "spec.events[0].end",
    `end is "2026-11-12T00:00+08:00", ${LOCAL}`,
  ],
  [
    { "spec.events": [{ ...event, expectedPeakFactor: 3 }] },
    "spec.events[0]",
    "event d11 has both expectedPeakFactor and replicas: remove one of them",
  ],
  [
    { "spec.events": [{ ...event, replicas: undefined }] },
    "spec.events[0]",
    "event d11 has neither expectedPeakFactor nor replicas: give one",
  ],
  [
    { "spec.events": [{ ...event, end: "2026-11-10T00:00" }] },
    "spec.events[0]",
    'event d11 ends at "2026-11-10T00:00", not after its start "2026-11-11T00:00": give a later end',
  ],
  [
    { "spec.events": [{ ...event, replicas: 80 }] },
    "spec.events",
    'spec.events: ["d11 (80)"] want more replicas than spec.scaling.maxReplicas 60: lower theirs or raise it',
  ],

  [
    { "spec.scaling.minReplicas": 80 },
    "spec.scaling.minReplicas",
    "spec.scaling.minReplicas is 80, above maxReplicas 60: lower the one or raise the other",
  ],
  [
    { "spec.scaling.fallback.replicas": 1 },
    "spec.scaling.fallback.replicas",
    "spec.scaling.fallback.replicas is 1: give a number from minReplicas 2 to maxReplicas 60",
  ],
  [
    {
      "spec.scaling.schedules": [
        { ...schedule, replicas: 61 },
        { ...schedule, name: "night", replicas: 70 },
      ],
    },
    "spec.scaling.schedules",
    'spec.scaling.schedules: ["office (61)", "night (70)"] want more replicas than maxReplicas 60: lower theirs or raise it',
  ],
  [
    { "spec.scaling.schedules": [{ ...schedule, timeZone: "GMT+8" }] },
    "spec.scaling.schedules[0].timeZone",
    `timeZone is "GMT+8", ${ZONE}`,
  ],
  [
    { "spec.scaling.schedules": [{ ...schedule, timeZone: "Local" }] },
    "spec.scaling.schedules[0].timeZone",
    `timeZone is "Local", ${ZONE}`,
  ],
  [
    { "spec.scaling.schedules": [{ ...schedule, start: "0 0 9 * * 1-5" }] },
    "spec.scaling.schedules[0].start",
    `start is "0 0 9 * * 1-5", ${CRON}`,
  ],
  [
    { "spec.scaling.schedules": [{ ...schedule, start: "60 9 * * *" }] },
    "spec.scaling.schedules[0].start",
    `start is "60 9 * * *", ${CRON}`,
  ],
  [
    { "spec.scaling.schedules": [{ ...schedule, end: "@daily" }] },
    "spec.scaling.schedules[0].end",
    `end is "@daily", ${CRON}`,
  ],
  [
    { "spec.scaling.schedules": [{ ...schedule, end: schedule.start }] },
    "spec.scaling.schedules[0]",
    'schedule office starts and ends at "0 9 * * 1-5": give the end its own time',
  ],
  [
    { "spec.scaling.lead": "automatic" },
    "spec.scaling.lead",
    'spec.scaling.lead is "automatic", which is not a duration: write 300s, 10m, 24h or 1h30m, or auto',
  ],
  [
    { "spec.scaling.stabilization.up": "" },
    "spec.scaling.stabilization.up",
    'spec.scaling.stabilization.up is "", which is not a duration',
  ],
  [
    { "spec.scaling.stabilization.down": "5 m" },
    "spec.scaling.stabilization.down",
    'spec.scaling.stabilization.down is "5 m", which is not a duration',
  ],
  [
    { "spec.scaling.release.grace": "a day" },
    "spec.scaling.release.grace",
    'spec.scaling.release.grace is "a day", which is not a duration: write 300s, 10m, 24h or 1h30m',
  ],
  [
    { "spec.scaling.release.grace": "2d" },
    "spec.scaling.release.grace",
    'spec.scaling.release.grace is "2d", which is not a duration: days are not a unit, write 48h',
  ],
  [
    { "spec.scaling.release.every": "ten minutes" },
    "spec.scaling.release.every",
    'spec.scaling.release.every is "ten minutes", which is not a duration',
  ],
  [
    { "spec.scaling.release.every": "0h0m" },
    "spec.scaling.release.every",
    'spec.scaling.release.every is "0h0m" and must be longer than zero: write a duration such as 10m',
  ],
];

const calendarCases: Case[] = [
  [{ "spec.timeZone": "CST" }, "spec.timeZone", `spec.timeZone is "CST", ${ZONE}`],
  [
    { "spec.openTime": "24:00" },
    "spec.openTime",
    'spec.openTime is "24:00", which is not a time of day: write 00:00 to 23:59',
  ],
  [
    { "spec.closeTime": "00:00" },
    "spec.closeTime",
    'spec.closeTime is "00:00", which is not a time of day that ends a window: write 00:01 to 24:00, the end of the day',
  ],
  [{ "spec.monthly": undefined }, "spec", "spec has none of regime, monthly, filings and dates: give one"],
  [{ "spec.dates": dates }, "spec", 'spec has ["monthly", "dates"]: keep one of them'],
  [
    { "spec.regime": "CN", "spec.filings": [filing] },
    "spec",
    'spec has ["regime", "monthly", "filings"]: keep one of them',
  ],
  [
    { "spec.timeZone": undefined },
    "spec",
    "spec.timeZone is missing: write a place such as Asia/Shanghai (only a regime has a zone of its own)",
  ],
  [{ "spec.monthly": undefined, "spec.regime": "China" }, "spec.regime", `spec.regime is "China", ${REGIME}`],
  [{ "spec.holidaysFrom": "de" }, "spec.holidaysFrom", `spec.holidaysFrom is "de", ${REGIME}`],
  [
    { ...byFilings({ deadline: { day: 32 } }) },
    "spec.filings[0].deadline.day",
    'deadline.day is "32": write 1 to 31 (a number, without quotes), or last',
  ],
  [{ ...byFilings({ deadline: {} }) }, "spec.filings[0].deadline", "deadline has neither day nor workday: give one"],
  [
    { ...byFilings({ deadline: { day: 15, workday: 10 } }) },
    "spec.filings[0].deadline",
    "deadline has both day and workday: remove one of them",
  ],
  [{ ...byFilings({ opens: {} }) }, "spec.filings[0].opens", "opens has neither day nor daysBefore: give one"],
  [
    { ...byFilings({ opens: { day: 1, daysBefore: 14 } }) },
    "spec.filings[0].opens",
    "opens has both day and daysBefore: remove one of them",
  ],
  [
    { "spec.holidays": [{ ...holidays, days: ["1 January"] }] },
    "spec.holidays[0].days[0]",
    'a holiday is "1 January", which is not a day: write it as 2026-11-16',
  ],
  [
    { "spec.holidays": [{ ...holidays, workdays: ["2027-1-3"] }] },
    "spec.holidays[0].workdays[0]",
    'a make-up workday is "2027-1-3", which is not a day: write it as 2026-11-16',
  ],
  [
    { "spec.holidays": [{ ...holidays, unsure: ["Eid"] }] },
    "spec.holidays[0].unsure[0]",
    'a day that may be off is "Eid", which is not a day: write it as 2026-11-16',
  ],
  [
    { "spec.monthly.deadlineDay": 32 },
    "spec.monthly.deadlineDay",
    'spec.monthly.deadlineDay is "32": write 1 to 31 (a number, without quotes), or last',
  ],
  [
    { "spec.monthly.deadlineDay": "15" },
    "spec.monthly.deadlineDay",
    'spec.monthly.deadlineDay is "15": write 1 to 31 (a number, without quotes), or last',
  ],
  [
    { "spec.monthly.opensDay": undefined },
    "spec.monthly",
    "spec.monthly has neither opensDay nor opensDaysBefore: give one",
  ],
  [
    { "spec.monthly.opensDaysBefore": 14 },
    "spec.monthly",
    "spec.monthly has both opensDay and opensDaysBefore: remove one of them",
  ],
  [
    { ...byDates, "spec.dates": [{ ...dates[0], opens: "1 November" }] },
    "spec.dates[0].opens",
    `opens is "1 November", ${DAY}`,
  ],
  [
    { ...byDates, "spec.dates": [{ ...dates[0], deadline: "2026-11-15T24:00" }] },
    "spec.dates[0].deadline",
    `deadline is "2026-11-15T24:00", ${DAY}`,
  ],
  [
    { ...byDates, "spec.dates": [{ ...dates[0], deadline: "2026-10-15" }] },
    "spec.dates[0]",
    'period Q3 has the deadline "2026-10-15" before it opens ("2026-11-01"): give a later deadline, or an earlier opens',
  ],
  [
    { "spec.overrides": [{ ...override, deadline: "18.11." }] },
    "spec.overrides[0].deadline",
    `deadline is "18.11.", ${DAY}`,
  ],
  [{ "spec.overrides": [{ ...override, opens: "soon" }] }, "spec.overrides[0].opens", `opens is "soon", ${DAY}`],
  [
    { "spec.overrides": [{ ...override, period: "November" }] },
    "spec.overrides",
    'spec.overrides has the period "November": without spec.dates it is the month of the regular deadline, written as 2026-11 (or 2026-11 GSTR-1, with the name of the filing)',
  ],
  [
    { ...byDates, "spec.overrides": [override] },
    "spec.overrides",
    'spec.overrides has the period "2026-11", which is not in spec.dates: use one that is, or add it there',
  ],
];

export const badObjects: {
  definition: KindDefinition;
  resource: Resource;
  base: { metadata: { name: string } };
  cases: Case[];
}[] = [
  { definition: invoiceServiceKind, resource: invoiceServices, base: service, cases: serviceCases },
  { definition: filingCalendarKind, resource: filingCalendars, base: calendar, cases: calendarCases },
];
