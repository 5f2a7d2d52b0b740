import { isOurs, mendingOf, ownershipOf, type Ownership } from "./ownership.ts";
import type { Target } from "./target.ts";

/**
 * Whether the floor may be written to the chosen field, and what is in the way. Pure. The ladder is Free,
 * Declared, Enforced (docs/field-ownership.md); above it stands the rule that nobody is fought: two resets
 * within ten minutes end our writing, whoever did them.
 */

/** Our annotation on an autoscaler whose minimum we raised: what it was before. */
export const BASE_ANNOTATION = "invoiceops.dev/base-replicas";

const RESET_WINDOW_MS = 600_000;
const RESETS_TO_CONTEST = 2;

/** The field is somebody else's; nothing is written until the user has changed something. */
export interface Contest {
  manager: string;
  since: number;
  /** Generation of the InvoiceService at that time: a changed spec is a new try. */
  generation: number;
}

export interface FloorMemory {
  /** The value that we last saw standing as ours, or wrote; undefined before the first. */
  lastOurs?: number;
  /** When others took our value away, ms since the epoch. */
  resets: readonly number[];
  contest?: Contest;
}

export const emptyFloorMemory: FloorMemory = { resets: [] };

/** What the target says about its base: the value to go back to, and whether we have it raised. */
export interface Base {
  replicas: number;
  raised: boolean;
}

/**
 * The value to give back. While the field is ours it stands in our annotation; as soon as somebody else has
 * written the field, what they wrote is the base.
 */
export function baseOf(target: Target): Base {
  const noted = target.object.metadata.annotations?.[BASE_ANNOTATION];
  const base = noted === undefined ? Number.NaN : Number(noted);
  if (!Number.isInteger(base) || base < 0) return { replicas: target.value, raised: false };
  return isOurs(target.object, target.path) ? { replicas: base, raised: true } : { replicas: target.value, raised: true };
}

export type Write =
  /** Set the field to `value`; `base` is noted beside it while it is above. */
  { value: number; base?: number };

export interface FloorDecision {
  applied: boolean;
  reason: "Applied" | "AtBase" | "DeclaredElsewhere" | "Contested";
  message: string;
  write?: Write;
  memory: FloorMemory;
}

export interface FloorInput {
  now: number;
  target: Target;
  /** The number wanted in the field. */
  wanted: number;
  base: Base;
  takeOver: boolean;
  generation: number;
  /** When the user last asked for another try (annotation invoiceops.dev/refresh), ms since the epoch. */
  refreshedAt?: number;
  memory: FloorMemory;
}

/** One look at the field: what to write, if anything, and what to report. */
export function decideFloor(input: FloorInput): FloorDecision {
  const { now, target, wanted, base, takeOver, generation, refreshedAt } = input;
  const ownership = ownershipOf(target.object, target.path);
  const before = stillContested(input, ownership) ? input.memory : withoutContest(input.memory);
  const memory = countReset(before, target, ownership, now);
  const field = `${target.path.join(".")} of ${target.kind === "Scale" ? (target.object.kind ?? "workload") : target.kind}/${target.object.metadata.name}`;
  const inPlace = target.value === wanted;
  const raising = target.kind === "Scale" || wanted > base.replicas;

  if (memory.contest) return contested(memory.contest, field, target, wanted, memory);
  if (inPlace && !(base.raised && !raising)) {
    return ownership.class === "Declared" && raising
      ? declared(ownership.manager, field, target, wanted, memory)
      : { applied: true, reason: raising ? "Applied" : "AtBase", message: `${field} is ${wanted}`, memory: noteOurs(memory, target) };
  }
  if (!raising && !base.raised) {
    return { applied: true, reason: "AtBase", message: `${field} is ${target.value}, as its owner set it`, memory };
  }
  if (ownership.class === "Enforced" && !takeOver) {
    const contest = { manager: ownership.manager, since: now, generation };
    return contested(contest, field, target, wanted, { ...memory, contest });
  }
  if (memory.resets.length >= RESETS_TO_CONTEST) {
    const contest = { manager: lastWriter(target, ownership), since: Math.max(now, refreshedAt ?? 0), generation };
    return contested(contest, field, target, wanted, { ...memory, contest });
  }
  const write: Write = target.kind !== "Scale" && raising ? { value: wanted, base: base.replicas } : { value: wanted };
  const after = { ...memory, lastOurs: wanted };
  return ownership.class === "Declared"
    ? { ...declared(ownership.manager, field, target, wanted, after), write }
    : { applied: true, reason: raising ? "Applied" : "AtBase", message: `${field} is ${wanted}`, write, memory: after };
}

/**
 * A contest ends when the user has changed the spec, asked for a refresh, or mended the cause: the manager
 * that enforced the field no longer owns it. It never ends by time.
 */
function stillContested({ memory, generation, refreshedAt }: FloorInput, ownership: Ownership): boolean {
  const { contest } = memory;
  if (!contest) return false;
  if (contest.generation !== generation || (refreshedAt ?? 0) > contest.since) return false;
  return memory.resets.length >= RESETS_TO_CONTEST || ownership.class === "Enforced";
}

function withoutContest(memory: FloorMemory): FloorMemory {
  if (!memory.contest) return memory;
  const { lastOurs } = memory;
  return lastOurs === undefined ? { resets: [] } : { lastOurs, resets: [] };
}

/** A reset: the field stood as ours and now stands at another value that is not ours. */
function countReset(memory: FloorMemory, target: Target, ownership: Ownership, now: number): FloorMemory {
  // A contest keeps its resets: they are what it stands on.
  if (memory.contest) return memory;
  const recent = memory.resets.filter((at) => at > now - RESET_WINDOW_MS);
  const ours = isOurs(target.object, target.path) && ownership.class !== "Enforced";
  const taken = memory.lastOurs !== undefined && target.value < memory.lastOurs && !ours;
  if (!taken) return { ...memory, resets: recent };
  return { resets: [...recent, now] };
}

function noteOurs(memory: FloorMemory, target: Target): FloorMemory {
  return isOurs(target.object, target.path) ? { ...memory, lastOurs: target.value } : memory;
}

function lastWriter(target: Target, ownership: Ownership): string {
  if (ownership.class !== "Free") return ownership.manager;
  const owner = (target.object.metadata.managedFields ?? [])
    .filter((entry) => entry.manager !== "invoiceops" && entry.subresource !== "status")
    .toSorted((a, b) => (b.time ?? "").localeCompare(a.time ?? ""))[0];
  return owner?.manager ?? "another writer";
}

function contested(contest: Contest, field: string, target: Target, wanted: number, memory: FloorMemory): FloorDecision {
  const kind = target.object.kind ?? target.kind;
  return {
    applied: false,
    reason: "Contested",
    message: `${field} is held at ${target.value} by ${contest.manager}, ${wanted} are recommended; nothing is written until you ${mendingOf(contest.manager, kind, target.path)}`,
    memory,
  };
}

function declared(manager: string, field: string, target: Target, wanted: number, memory: FloorMemory): FloorDecision {
  const kind = target.object.kind ?? target.kind;
  return {
    applied: true,
    reason: "DeclaredElsewhere",
    message: `${field} is ${wanted}, yet ${manager} has it in its manifest and its next apply resets it; ${mendingOf(manager, kind, target.path)}`,
    memory,
  };
}
