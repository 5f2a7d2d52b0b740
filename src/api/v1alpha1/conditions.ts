import * as s from "./schema.ts";
import type { ReasonOf } from "./reasons.ts";

/** The conditions that we set, in the order in which they are listed. */
const CONDITION_TYPES = [
  "Ready",
  "Reconciling",
  "Stalled",
  "Degraded",
  "MetricsAvailable",
  "ForecastReady",
  "CalendarConfirmed",
  "FloorApplied",
  "CapacityReady",
  "CapacityShortfall",
] as const;

export type ConditionType = (typeof CONDITION_TYPES)[number];

/** Longest message; an error text from elsewhere must not make the object too large to be written. */
const MESSAGE_MAX = 1024;

const condition = s.object("One observation, as every Kubernetes condition.", {
  type: s.string("What is observed, for example Ready.", { max: 316 }),
  status: s.choice("True, False, or Unknown.", ["True", "False", "Unknown"]),
  reason: s.string("Why, in one word for programs.", { min: 1, max: 1024 }),
  message: s.string("Why, in a sentence for people, with what to do.", { max: 32768 }),
  lastTransitionTime: s.string("When the status last changed to another value (RFC 3339).", {
    format: "date-time",
    max: 64,
  }),
  observedGeneration: s.optional(
    s.integer("The metadata.generation that this was observed for.", { format: "int64", min: 0 }),
  ),
});

export type Condition = s.Out<typeof condition>;

/** The `conditions` field of every kind. Keyed by type, so that other writers may add theirs. */
export const conditionsField = s.list("The state in detail, one entry a type.", condition, { max: 32, key: "type" });

/** What is to be said about one type, with a reason that belongs to it. */
export type ConditionChange = {
  [T in ConditionType]: { type: T; status: Condition["status"]; reason: ReasonOf<T>; message: string };
}[ConditionType];

/**
 * The list with one condition set. `lastTransitionTime` moves only when the status does, the message is cut
 * to 1,024 characters, and the order is always the same; conditions of foreign types stay, at the end.
 */
export function setCondition(
  conditions: readonly Condition[],
  change: ConditionChange & { observedGeneration: number },
  now: number,
): Condition[] {
  const before = conditions.find(({ type }) => type === change.type);
  const lastTransitionTime = before?.status === change.status ? before.lastTransitionTime : timestamp(now);
  const after: Condition = { ...change, message: truncate(change.message), lastTransitionTime };
  return inOrder([...removeCondition(conditions, change.type), after]);
}

/** The list without one condition: Reconciling and Stalled are absent rather than False. */
export function removeCondition(conditions: readonly Condition[], type: ConditionType): Condition[] {
  return conditions.filter((other) => other.type !== type);
}

/** Those of the conditions that are ours: what an apply may contain without taking over what others wrote. */
export function ownConditions(conditions: readonly Condition[]): Condition[] {
  return conditions.filter(({ type }) => rank(type) < CONDITION_TYPES.length);
}

function inOrder(conditions: readonly Condition[]): Condition[] {
  return conditions.toSorted((a, b) => rank(a.type) - rank(b.type));
}

function rank(type: string): number {
  const index = (CONDITION_TYPES as readonly string[]).indexOf(type);
  return index === -1 ? CONDITION_TYPES.length : index;
}

function truncate(message: string): string {
  if (message.length <= MESSAGE_MAX) return message;
  // Half of a surrogate pair would not survive the way through JSON and UTF-8.
  return `${message.slice(0, MESSAGE_MAX - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Milliseconds since the epoch as the API writes times: RFC 3339, UTC, whole seconds. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}
