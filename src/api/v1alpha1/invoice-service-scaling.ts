import { DURATION_MAX_LENGTH } from "./duration.ts";
import { cronRule, durationRules, format, zoneRule } from "./rules.ts";
import * as s from "./schema.ts";

/** The `scaling` section of an InvoiceService. */

const MOST_REPLICAS = 100_000;

const duration = (field: string, description: string, options?: { positive?: boolean }): s.Schema<string> =>
  s.string(`${description} A duration such as 300s, 10m, 24h or 1h30m.`, {
    max: DURATION_MAX_LENGTH,
    rules: durationRules(`spec.scaling.${field}`, options),
  });

const stabilization = s.object(
  "How long a recommendation must stand before it is followed. Of the reactive part, and only where we set the count ourselves.",
  {
    up: s.withDefault("0s", duration("stabilization.up", "Before scaling up.")),
    down: s.withDefault("300s", duration("stabilization.down", "Before scaling down.")),
  },
);

const schedule = s.object(
  "A fixed number of replicas at recurring times. Active when the last boundary that passed was a start.",
  {
    name: s.string("A name of your choice, unique in the list; it appears in the plan.", { min: 1, max: 63 }),
    timeZone: s.string("IANA time zone of start and end, for example Asia/Shanghai.", { max: 64, rules: [zoneRule()] }),
    start: s.string("When it begins, as cron: minute, hour, day of month (L = last), month, day of week. Local time.", {
      max: 100,
      rules: [cronRule("start")],
    }),
    end: s.string("When it ends, as cron. Local time.", { max: 100, rules: [cronRule("end")] }),
    replicas: s.integer("Fewest replicas while it is active.", { min: 1, max: MOST_REPLICAS }),
  },
  {
    rules: [
      {
        rule: "self.start != self.end",
        message: "start and end are the same: give the end its own time",
        messageExpression: format(
          'schedule %s starts and ends at "%s": give the end its own time',
          "self.name",
          "self.start",
        ),
      },
    ],
  },
);

const release = s.object("How the floor comes down after a window, and only while demand is below it.", {
  grace: s.withDefault("24h", duration("release.grace", "How long after the deadline the floor is kept in full.")),
  stepPercent: s.withDefault(
    20,
    s.integer("How much of the floor one step gives back, in percent.", { min: 1, max: 100 }),
  ),
  every: s.withDefault("10m", duration("release.every", "How long between two steps.", { positive: true })),
});

const fallback = s.object("What holds when metrics cannot be read. It never lowers anything.", {
  afterFailures: s.withDefault(
    3,
    s.integer(
      "After so many failed evaluations in a row (one is made every 30 s unless the operator is told otherwise).",
      {
        min: 1,
        max: 1_000,
      },
    ),
  ),
  replicas: s.optional(
    s.integer("At least so many replicas then. Left out: the number that is there is kept.", {
      min: 1,
      max: MOST_REPLICAS,
    }),
  ),
});

const boundsRules: readonly s.Rule[] = [
  {
    rule: "self.minReplicas <= self.maxReplicas",
    fieldPath: ".minReplicas",
    message: "spec.scaling.minReplicas is above maxReplicas: lower the one or raise the other",
    messageExpression: format(
      "spec.scaling.minReplicas is %d, above maxReplicas %d: lower the one or raise the other",
      "self.minReplicas",
      "self.maxReplicas",
    ),
  },
  {
    rule: "!has(self.fallback.replicas) || (self.fallback.replicas >= self.minReplicas && self.fallback.replicas <= self.maxReplicas)",
    fieldPath: ".fallback.replicas",
    message: "spec.scaling.fallback.replicas must lie between minReplicas and maxReplicas",
    messageExpression: format(
      "spec.scaling.fallback.replicas is %d: give a number from minReplicas %d to maxReplicas %d",
      "self.fallback.replicas",
      "self.minReplicas",
      "self.maxReplicas",
    ),
  },
  {
    rule: "!has(self.schedules) || self.schedules.all(schedule, schedule.replicas <= self.maxReplicas)",
    fieldPath: ".schedules",
    message: "a schedule of spec.scaling.schedules wants more replicas than maxReplicas: lower it or raise maxReplicas",
    messageExpression: format(
      "spec.scaling.schedules: %s want more replicas than maxReplicas %d: lower theirs or raise it",
      "self.schedules.filter(s, s.replicas > self.maxReplicas).map(s, '%s (%d)'.format([s.name, s.replicas]))",
      "self.maxReplicas",
    ),
  },
];

export const scaling = s.object(
  "How many replicas, when, and by which field.",
  {
    minReplicas: s.integer("Fewest replicas ever.", { min: 1, max: MOST_REPLICAS }),
    maxReplicas: s.integer("Most replicas ever.", { min: 1, max: MOST_REPLICAS }),
    perReplica: s.optional(
      s.number(
        "Requests/s that one replica serves inside its objective. Left out, it is learnt where load and ready replicas rise and fall together; until then only schedules and fixed numbers are planned.",
        {
          above: 0,
        },
      ),
    ),
    utilization: s.withDefault(
      0.7,
      s.number("Share of perReplica to plan with; the rest is room for the unexpected.", { above: 0, max: 1 }),
    ),
    expectedPeakFactor: s.withDefault(
      3,
      s.number("How many times the usual load the peak of a filing window is expected to be.", { min: 1, max: 10_000 }),
    ),
    quantile: s.optional(
      s.number(
        "How sure the capacity of a filing window must be to suffice, as the share of windows in which it does. Left out: 0.95 in the last 72 hours before the deadline, 0.8 before them.",
        { min: 0.5, max: 0.999 },
      ),
    ),
    tolerance: s.withDefault(
      0.1,
      s.number("Share by which demand may differ before the reactive part acts. Planned numbers are exact.", {
        min: 0,
        max: 1,
      }),
    ),
    stabilization: s.withDefault({}, stabilization),
    schedules: s.optional(s.list("Fixed numbers at recurring times.", schedule, { max: 32, key: "name" })),
    lead: s.withDefault(
      "auto",
      s.string(
        "How long before it is needed capacity is asked for: a duration such as 5m, or auto (measured on the workload's own pods, at least 2m).",
        {
          max: DURATION_MAX_LENGTH,
          rules: durationRules("spec.scaling.lead", { or: "auto" }),
        },
      ),
    ),
    release: s.withDefault({}, release),
    fallback: s.withDefault({}, fallback),
    target: s.withDefault(
      "Auto",
      s.choice(
        "Which field carries the floor. HorizontalPodAutoscaler: its minReplicas. ScaledObject: its minReplicaCount. Scale: the workload's own count. None: none, it is only published. Auto: the autoscaler that is there, else Scale.",
        ["Auto", "HorizontalPodAutoscaler", "ScaledObject", "Scale", "None"],
      ),
    ),
    takeOver: s.withDefault(
      false,
      s.boolean(
        "Whether the field may be taken from another server-side apply owner. Two resets within ten minutes stop us all the same.",
      ),
    ),
  },
  { rules: boundsRules },
);
