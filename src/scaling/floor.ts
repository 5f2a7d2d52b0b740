import {
  declares,
  FIELD_MANAGER,
  inLastApplied,
  isHelm,
  isOurs,
  managersOf,
  mendingOf,
  ownershipOf,
  type FieldPath,
  valueAt,
  type Ownership,
} from "./ownership.ts";
import type { KubeObject } from "../kube/resource.ts";
import { isRefusal, type Refusal, type Target } from "./target.ts";

/**
 * Whether the floor may be written to the chosen field, and what is in the way. Pure. The ladder is Free,
 * Declared, Enforced (docs/field-ownership.md); above it stands the rule that nobody is fought: two resets
 * within ten minutes end our writing, whoever did them.
 */

/** Our annotation on an autoscaler whose minimum we raised: what it was before. */
export const BASE_ANNOTATION = "invoiceops.dev/base-replicas";
/** Beside it: the InvoiceService that raised the minimum, and gives the base back when it no longer means this one. */
export const RAISED_FOR_ANNOTATION = "invoiceops.dev/raised-for";

const BASE_NOTE: FieldPath = ["metadata", "annotations", BASE_ANNOTATION];
/** What the API server puts where a manifest has no value: for replicas, minReplicas and minReplicaCount alike. */
const DEFAULT = 1;
const RESET_WINDOW_MS = 600_000;
const RESETS_TO_CONTEST = 2;

/** The field is somebody else's; nothing is written until the user has changed something. */
interface Contest {
  manager: string;
  since: number;
  /** Generation of the InvoiceService at that time: a changed spec is a new try. */
  generation: number;
  /**
   * `Resets`: our value was taken away twice. `Manifest`: the same, by somebody in whose client-side manifest the field
   * stands. `Applied`: a server-side apply owner holds the field.
   */
  cause: "Resets" | "Manifest" | "Applied";
}

/** A value of ours that the API server took and changed: by an admission webhook or a mutating policy. */
interface Altered {
  asked: number;
  given: number;
  since: number;
  generation: number;
}

export interface FloorMemory {
  /** uid of the object that this is about; after a restart it is the first that is looked at. */
  of?: string;
  /** The value that we last wrote or saw standing as ours; undefined before the first. */
  lastOurs?: number;
  /** Whose manifest the field stood in when we raised it: our write took the ownership by which that shows. */
  declared?: Declared;
  /** When others took our value away, ms since the epoch. */
  resets: readonly number[];
  contest?: Contest;
  /** A contest over a manifest has ended by itself: the next one is the user's to end. */
  mended?: true;
  altered?: Altered;
}

/** A manifest that the field stands in although its owner no longer shows it. */
interface Declared {
  manager: string;
  /** When we raised it; who has mended it since may say so by a refresh. */
  since: number;
  /**
   * `Applied`: by server-side apply, so the next one does not reset our value, it fails. `Updated`: the next one resets
   * it. `Defaulted`: it stood at the API server's default, which is booked as its creator's: it may be in no manifest.
   */
  cause: "Applied" | "Updated" | "Defaulted";
}

export const emptyFloorMemory: FloorMemory = { resets: [] };

/** What the target says about its base: the value to go back to, and whether we have it raised. */
export interface Base {
  replicas: number;
  raised: boolean;
}

/**
 * The value to give back. While the field is ours it stands in our annotation; as soon as somebody else has
 * written the field, what they wrote is the base. A note that others have copied (KEDA takes a ScaledObject's
 * annotations over to its HPA, a backup is applied) is theirs: withdrawing it is not for us.
 */
export function baseOf({ object, path, value }: Target): Base {
  const noted = object.metadata.annotations?.[BASE_ANNOTATION];
  // An empty or mangled note is none: Number("") would be a base of zero.
  if (noted === undefined || !/^\d{1,9}$/.test(noted)) return { replicas: value, raised: false };
  const ours = isOurs(object, path);
  const replicas = ours ? Number(noted) : value;
  return { replicas, raised: isOurs(object, BASE_NOTE) || (ours && value !== replicas) };
}

/**
 * What to apply: the field at `value`, with `base` noted beside it while it is above. Without `value` the
 * note alone is withdrawn: the field is somebody else's by now.
 */
export interface Write {
  value?: number;
  base?: number;
}

/**
 * What gives a raised field back. Where somebody else has written it since, or applies it together with us, it stays
 * at their value: only our note is withdrawn.
 */
export function releaseOf(target: Target): Write {
  const { object, path } = target;
  const oursAlone = isOurs(object, path) && ownershipOf(object, path).class !== "Enforced";
  return oursAlone ? { value: baseOf(target).replicas } : {};
}

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
  const { now, target, wanted, base, takeOver, generation } = input;
  const ownership = ownershipOf(target.object, target.path);
  const ours = isOurs(target.object, target.path);
  const memory = countReset(memoryOf(input), target, ours, now);
  const raising = target.kind === "Scale" || wanted > base.replicas;

  if (memory.contest) return contested(memory.contest, target, wanted, memory);
  if (!raising) return atBase(target, base, memory);
  if (target.value === wanted) {
    return raised(input, ownership, ours ? { ...memory, lastOurs: target.value } : memory);
  }
  if (ownership.class === "Enforced" && !takeOver) {
    const contest: Contest = { manager: ownership.manager, since: now, generation, cause: "Applied" };
    return contested(contest, target, wanted, { ...memory, contest });
  }
  if (isAltered(memory.altered, input)) return altered(target, wanted, memory);
  if (memory.resets.length >= RESETS_TO_CONTEST) {
    const manager = otherManagers(target)[0] ?? "another writer";
    const manifest = !memory.mended && declares(manager, target.object, target.path);
    const contest: Contest = { manager, since: now, generation, cause: manifest ? "Manifest" : "Resets" };
    return contested(contest, target, wanted, { ...memory, contest });
  }
  const write = target.kind === "Scale" ? { value: wanted } : { value: wanted, base: base.replicas };
  return { ...raised(input, ownership, declaredOnWrite(input, ownership, memory)), write };
}

/** The memory once a write has gone through; one that failed leaves it as the decision had it. */
export function afterWrite(
  { memory, write }: Pick<FloorDecision, "memory" | "write">,
  { target, now, generation }: Pick<FloorInput, "now" | "generation"> & { target: Target | Refusal },
  written: KubeObject,
): FloorMemory {
  const asked = write?.value;
  if (asked === undefined || isRefusal(target)) return memory;
  const { altered: _last, ...rest } = memory;
  const given = valueAt(written, target.path);
  // A value that is not ours came from somebody who was faster: the next look counts it as a reset.
  if (given === asked || typeof given !== "number" || !isOurs(written, target.path))
    return { ...rest, lastOurs: asked };
  return { ...rest, lastOurs: given, altered: { asked, given, since: now, generation } };
}

/**
 * Whether this value was asked for already and something else was given. Each other value is a new question, so that
 * what is held too high can still be given back.
 */
function isAltered(known: Altered | undefined, { target, wanted, generation, refreshedAt = 0 }: FloorInput): boolean {
  if (known?.asked !== wanted || known.given !== target.value) return false;
  return known.generation === generation && refreshedAt <= known.since;
}

/** The memory after a look at which we were kept off the field: what happens to it meanwhile is no reset of ours. */
export function keptOff({ lastOurs: _value, declared: _by, ...memory }: FloorMemory): FloorMemory {
  return memory;
}

/** What is remembered of this very object, unless a contest over it has ended: then it is a new beginning. */
function memoryOf(input: FloorInput): FloorMemory {
  const { uid } = input.target.object.metadata;
  const known = input.memory.of === undefined || input.memory.of === uid;
  const { declared, ...memory } = known ? sinceContest(input) : emptyFloorMemory;
  return {
    ...memory,
    ...(declared && declared.since >= (input.refreshedAt ?? 0) ? { declared } : {}),
    ...(uid === undefined ? {} : { of: uid }),
  };
}

/**
 * A contest ends when the user has changed the spec, asked for another try, or mended the cause: nobody else owns the
 * enforced field any more, or it is gone from the manifest that took our value away. It never ends by time, nor because
 * the next one took the field by an Update. Two manifests that come in turns, one with the field and one without, end
 * it once.
 */
function sinceContest({ memory, target, generation, refreshedAt = 0 }: FloorInput): FloorMemory {
  const { contest } = memory;
  if (!contest) return memory;
  if (contest.generation !== generation || refreshedAt > contest.since) return emptyFloorMemory;
  if (contest.cause === "Applied" && otherManagers(target).length === 0) return emptyFloorMemory;
  const leftOut = contest.cause === "Manifest" && !inLastApplied(target.object, target.path);
  return leftOut ? { ...emptyFloorMemory, mended: true } : memory;
}

/**
 * A reset: the field stood as ours and now stands at another value, as somebody else's. Higher counts as well: who
 * raises and lowers the field in turns is not to be fought either.
 */
function countReset(memory: FloorMemory, target: Target, ours: boolean, now: number): FloorMemory {
  const resets = memory.resets.filter((at) => at > now - RESET_WINDOW_MS);
  const taken = memory.lastOurs !== undefined && target.value !== memory.lastOurs && !ours;
  if (!taken) return { ...memory, resets };
  // Forgetting our value counts it once: until it stands there again, there is nothing more to take away.
  return { ...keptOff(memory), resets: [...resets, now] };
}

/** Who else holds the field; the names that the API server has for the writers. */
function otherManagers(target: Target): string[] {
  return managersOf(target.object, target.path).filter((manager) => manager !== FIELD_MANAGER);
}

function fieldOf({ object, path, kind }: Target): string {
  return `${path.join(".")} of ${object.kind ?? kind}/${object.metadata.name}`;
}

/** The memory with whose manifest our write takes the field from, where nothing shows that afterwards: Helm's. */
function declaredOnWrite({ now, target }: FloorInput, ownership: Ownership, memory: FloorMemory): FloorMemory {
  if (ownership.class === "Free" || !isHelm(ownership.manager)) return memory;
  const updated = target.value === DEFAULT ? "Defaulted" : "Updated";
  const cause = ownership.class === "Enforced" ? "Applied" : updated;
  return { ...memory, declared: { manager: ownership.manager, since: now, cause } };
}

/** The field is where we want it, or is being written so. */
function raised({ target, wanted }: FloorInput, ownership: Ownership, memory: FloorMemory): FloorDecision {
  const field = fieldOf(target);
  const by = ownership.class === "Declared" ? ownership.manager : memory.declared?.manager;
  if (by === undefined) return { applied: true, reason: "Applied", message: `${field} is ${wanted}`, memory };
  const mending = mendingOf(by, target.object, target.path);
  return {
    applied: true,
    reason: "DeclaredElsewhere",
    message: `${field} is ${wanted}, yet ${threatBy(by, memory.declared)}: ${mending}`,
    memory,
  };
}

function threatBy(manager: string, declared: Declared | undefined): string {
  if (declared?.cause === "Defaulted")
    return `${manager} has made it with ${DEFAULT}, and an upgrade resets it if it stands in the chart. If it does not, a refresh ends this note; if it does`;
  const next =
    declared?.cause === "Applied" ? "the next upgrade fails with a conflict over it" : "the next apply resets it";
  return `it stands in the manifest of ${manager} and ${next}`;
}

/** Nothing is to be raised: what we had raised goes back, everything else stays as its owner set it. */
function atBase(target: Target, base: Base, memory: FloorMemory): FloorDecision {
  const message = `${fieldOf(target)} is ${base.replicas}, as its owner set it`;
  const decision: FloorDecision = { applied: true, reason: "AtBase", message, memory };
  if (!base.raised) return { ...decision, memory: keptOff(memory) };
  return { ...decision, write: releaseOf(target) };
}

function altered(target: Target, wanted: number, memory: FloorMemory): FloorDecision {
  const message = `${fieldOf(target)} was given as ${wanted} and came out as ${target.value}: an admission webhook or a mutating policy changes it; ${wanted} is not written again until that is mended: have it leave ${target.path.join(".")} alone, then ${REFRESH}`;
  return { applied: false, reason: "Contested", message, memory };
}

const REFRESH = "set the annotation invoiceops.dev/refresh to the present time (kubectl invoiceops refresh)";

/** What ends a contest once its cause is mended. */
const ENDS: Readonly<Record<Contest["cause"], string>> = {
  Applied: "then it is written by itself",
  Manifest: `once it is out of the manifest it is written by itself, after any other change ${REFRESH}`,
  Resets: `then ${REFRESH}`,
};

function contested(contest: Contest, target: Target, wanted: number, memory: FloorMemory): FloorDecision {
  const mending = mendingOf(contest.manager, target.object, target.path);
  return {
    applied: false,
    reason: "Contested",
    message: `${fieldOf(target)} is held at ${target.value} by ${contest.manager}, ${wanted} are recommended; nothing more is written until that is mended: ${mending}; ${ENDS[contest.cause]}`,
    memory,
  };
}
