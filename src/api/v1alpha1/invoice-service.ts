import { conditionsField } from "./conditions.ts";
import type { KindDefinition } from "./kind.ts";
import type { Manifest, Stored } from "./object.ts";
import { gradeField, observedGenerationField } from "./fields.ts";
import { demand, prometheus } from "./invoice-service-metrics.ts";
import { scaling } from "./invoice-service-scaling.ts";
import { format, localTimeRule, matches, regimeRule, zoneRule } from "./rules.ts";
import * as s from "./schema.ts";

/**
 * InvoiceService: one invoice-issuing workload, the load it gets, the filing calendar it follows and what may
 * be done to have it ready.
 */

const workload = s.object(
  "The workload that issues invoices, in the same namespace: anything with a scale subresource.",
  {
    apiVersion: s.string("API group and version of the workload, for example apps/v1.", {
      rules: [
        matches(
          "spec.workload.apiVersion",
          "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?v[0-9][a-z0-9]*$",
          "a group and version",
          "write it as apps/v1",
        ),
      ],
    }),
    kind: s.string("Kind of the workload, for example Deployment.", {
      max: 63,
      rules: [
        matches("spec.workload.kind", "^[A-Z][A-Za-z0-9]*$", "a kind", "write it in the singular, as Deployment"),
      ],
    }),
    name: s.string("Name of the workload.", {
      rules: [
        matches(
          "spec.workload.name",
          "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$",
          "a name",
          "write the name alone, in lower case, without kind and namespace",
        ),
      ],
    }),
  },
);

const event = s.object(
  "A day, or some hours, with unusual load that no calendar knows.",
  {
    name: s.string("A name of your choice, unique in the list; it appears in the plan.", { min: 1, max: 63 }),
    start: s.string("First moment, local time in timeZone, for example 2026-11-11T00:00.", {
      max: 32,
      rules: [localTimeRule("start")],
    }),
    end: s.string("First moment after it, local time in timeZone, for example 2026-11-12T00:00.", {
      max: 32,
      rules: [localTimeRule("end")],
    }),
    timeZone: s.string("IANA time zone of start and end, for example Asia/Shanghai.", { max: 64, rules: [zoneRule()] }),
    expectedPeakFactor: s.optional(
      s.number("How many times the usual load the peak is expected to be. Either this or replicas.", {
        min: 1,
        max: 10_000,
      }),
    ),
    replicas: s.optional(
      s.integer("A fixed number of replicas for the event. Either this or expectedPeakFactor.", {
        min: 1,
        max: 100_000,
      }),
    ),
  },
  {
    rules: [
      {
        rule: "has(self.expectedPeakFactor) != has(self.replicas)",
        message: "an event needs exactly one of expectedPeakFactor and replicas",
        messageExpression: format(
          "event %s has %s",
          "self.name",
          "has(self.replicas) ? 'both expectedPeakFactor and replicas: remove one of them' : 'neither expectedPeakFactor nor replicas: give one'",
        ),
      },
      {
        // Local times of one zone are in the order of their texts; the rest is for the operator, who knows the zone.
        rule: "self.start < self.end",
        message: "an event ends before it starts: give a later end",
        messageExpression: format(
          'event %s ends at "%s", not after its start "%s": give a later end',
          "self.name",
          "self.end",
          "self.start",
        ),
      },
    ],
  },
);

const calendar = s.object(
  "A filing calendar that this service follows. Exactly one of regime and name.",
  {
    regime: s.optional(
      s.string("Code of a tax regime that the operator knows, for example CN, DE-BY or EU-OSS; it needs no object.", {
        max: 16,
        rules: [regimeRule("regime")],
      }),
    ),
    name: s.optional(s.string("Name of a FilingCalendar.", { min: 1 })),
  },
  {
    rules: [
      {
        rule: "has(self.regime) != has(self.name)",
        message: "a calendar needs exactly one of regime and name",
        messageExpression:
          "has(self.regime) ? 'a calendar has both regime and name: remove one of them' : 'a calendar has neither regime nor name: give one, as in {regime: CN}'",
      },
    ],
  },
);
/** What tells two calendars apart, in CEL. */
const sameCalendar =
  "has(a.name) == has(b.name) && (has(a.name) ? a.name == b.name : has(a.regime) == has(b.regime) && (!has(a.regime) || a.regime == b.regime))";
const twice = `self.filter(a, !self.exists_one(b, ${sameCalendar})).map(a, has(a.name) ? a.name : a.regime)[0]`;

const spec = s.object(
  "What is wanted.",
  {
    mode: s.withDefault(
      "Auto",
      s.choice("Auto acts. Observe decides and publishes everything but writes nothing beside this status.", [
        "Auto",
        "Observe",
      ]),
    ),
    workload,
    prometheus: s.withDefault({}, prometheus),
    demand,
    calendars: s.optional(
      s.list("The filing calendars whose windows this service must be ready for.", calendar, {
        max: 8,
        rules: [
          {
            rule: `self.all(a, self.exists_one(b, ${sameCalendar}))`,
            message: "spec.calendars names a calendar twice: remove one",
            messageExpression: format("spec.calendars names %s twice: remove one", twice),
          },
        ],
      }),
    ),
    events: s.optional(s.list("One-off days or hours with unusual load.", event, { max: 64, key: "name" })),
    scaling,
  },
  {
    rules: [
      {
        rule: "!has(self.events) || self.events.all(event, !has(event.replicas) || event.replicas <= self.scaling.maxReplicas)",
        fieldPath: ".events",
        message: "an event wants more replicas than spec.scaling.maxReplicas: lower it or raise maxReplicas",
        messageExpression: format(
          "spec.events: %s want more replicas than spec.scaling.maxReplicas %d: lower theirs or raise it",
          "self.events.filter(e, has(e.replicas) && e.replicas > self.scaling.maxReplicas).map(e, '%s (%d)'.format([e.name, e.replicas]))",
          "self.scaling.maxReplicas",
        ),
      },
    ],
  },
);

const time = (description: string): s.Schema<string> =>
  s.string(`${description} (RFC 3339, UTC).`, { format: "date-time", max: 64 });
const count = (description: string): s.Schema<number> => s.integer(description, { min: 0 });

const windowStatus = s.object("The filing window in force, or the next one.", {
  calendar: s.string("The FilingCalendar, or the regime, that it comes from."),
  opens: time("When it opens"),
  deadline: time("When it ends"),
  heldUntil: s.optional(
    time("Until when it may still be open, where that is later than the deadline; capacity is held so long at least"),
  ),
  grade: gradeField,
  inForce: s.boolean("Whether it is open now."),
});

const planStep = s.object("From a moment on, so many replicas.", {
  from: time("When the step is taken; capacity is asked for one lead time before it is needed"),
  replicas: count("The floor from then on, in replicas."),
  reason: s.string("What asks for it: a window, an event, a schedule, or base."),
});

const shortfall = s.object("The coming peak does not fit under a limit. Absent when it does.", {
  needed: count("Replicas that the peak needs."),
  limit: count("Replicas that the limit allows."),
  limitedBy: s.string(
    "The limit, for example spec.scaling.maxReplicas, HorizontalPodAutoscaler/vat-api or ResourceQuota/team.",
  ),
});

const forecast = s.object("The highest demand expected in the window in force, or in the next one.", {
  peak: s.number("Expected demand at the peak, in requests/s.", { min: 0 }),
  peakAt: time("When it is expected"),
  p50: s.optional(s.number("Demand at the peak that is as likely too high as too low, in requests/s.", { min: 0 })),
  upper: s.optional(s.number("Demand at the peak that capacity is planned for, in requests/s.", { min: 0 })),
  windows: s.optional(count("Past windows that this was learnt from.")),
  perReplica: s.optional(
    s.number("Requests/s that one replica serves, as learnt; absent where spec.scaling.perReplica gives it.", {
      min: 0,
    }),
  ),
});

const contest = s.object("Somebody else holds the field; nothing is written until that is mended.", {
  manager: s.string("The field manager that holds it.", { max: 128 }),
  since: time("When we stopped writing"),
  generation: s.integer("The metadata.generation then; a changed spec is a new try.", { format: "int64", min: 0 }),
  cause: s.choice(
    "Resets: our value was taken away twice. Manifest: by one in whose client-side manifest the field stands. Applied: a server-side apply owner holds the field.",
    ["Resets", "Manifest", "Applied"],
  ),
});

const declared = s.object("A manifest that the field stands in too, although its owner no longer shows it.", {
  manager: s.string("The field manager of whoever applies it.", { max: 128 }),
  since: time("When we raised the field; a refresh after that forgets it"),
  cause: s.choice(
    "Applied: its next apply fails with a conflict. Updated: it resets the field. Defaulted: it may be in no manifest.",
    ["Applied", "Updated", "Defaulted"],
  ),
});

const scalingStatus = s.object("What scaling does.", {
  owner: s.optional(
    s.string("The object whose field carries the floor, for example HorizontalPodAutoscaler/vat-api.", { max: 320 }),
  ),
  base: s.optional(
    count(
      "What the owner of that field had set; it is given back after the window. In replicas. Absent where demand sets a plain count.",
    ),
  ),
  floor: s.optional(count("Fewest replicas that the plan wants now.")),
  floorSince: s.optional(time("Since when the floor has this value; the next step down waits from here")),
  floorReason: s.optional(s.string("What the floor stands for: a window, an event, a schedule, or base.")),
  contest: s.optional(contest),
  declared: s.optional(declared),
  current: s.optional(count("Replicas that the workload has.")),
  ready: s.optional(count("Replicas that are ready.")),
  desired: s.optional(count("Replicas that plan and demand together ask for; only where we set the count ourselves.")),
  leadSeconds: s.optional(count("How long before it is needed capacity is asked for, in seconds.")),
  shortfall: s.optional(shortfall),
  forecast: s.optional(forecast),
  plan: s.optional(s.list("The next steps of the floor, earliest first.", planStep, { max: 32 })),
});

const status = s.object("What the operator found and did.", {
  observedGeneration: observedGenerationField,
  phase: s.optional(
    s.choice("Summary for people and for Argo CD.", ["Healthy", "Progressing", "Degraded", "Suspended"]),
  ),
  conditions: s.optional(conditionsField),
  window: s.optional(windowStatus),
  scaling: s.optional(scalingStatus),
});

const ready = `.status.conditions[?(@.type=="Ready")]`;

export const invoiceServiceKind: KindDefinition = {
  kind: "InvoiceService",
  plural: "invoiceservices",
  singular: "invoiceservice",
  shortNames: ["invsvc"],
  scope: "Namespaced",
  description: "A service that issues invoices and is kept ready for its filing windows.",
  columns: [
    { name: "Ready", type: "string", jsonPath: `${ready}.status`, description: "Whether all parts do their work." },
    { name: "Phase", type: "string", jsonPath: ".status.phase", description: "Summary of the state." },
    {
      name: "Owner",
      type: "string",
      jsonPath: ".status.scaling.owner",
      description: "The object that carries the floor.",
    },
    { name: "Floor", type: "integer", jsonPath: ".status.scaling.floor", description: "Fewest replicas wanted now." },
    { name: "Replicas", type: "integer", jsonPath: ".status.scaling.current", description: "Replicas that are there." },
    {
      name: "Deadline",
      type: "string",
      jsonPath: ".status.window.deadline",
      description: "Deadline of the window in force, or of the next one.",
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: "Time since it was created." },
    {
      name: "Message",
      type: "string",
      jsonPath: `${ready}.message`,
      description: "Why it is ready or not.",
      priority: 1,
    },
  ],
  selectable: [".spec.workload.kind", ".spec.workload.name", ".spec.mode"],
  spec: spec.json,
  status: status.json,
};

export type InvoiceServiceSpec = s.Out<typeof spec>;
export type CalendarRef = s.Out<typeof calendar>;
export type InvoiceServiceStatus = s.Out<typeof status>;

export type InvoiceServiceManifest = Manifest<"InvoiceService", s.In<typeof spec>>;
export type InvoiceService = Stored<InvoiceServiceSpec, s.Out<typeof status>>;
