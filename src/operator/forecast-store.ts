import { createHash } from "node:crypto";
import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { parseState, type ForecastState } from "../forecast/state.ts";
import type { Client } from "../kube/client.ts";
import { isForbidden, isNotFound } from "../kube/errors.ts";
import { apiVersionOf, configMaps, type ConfigMap, type Ref } from "../kube/resource.ts";
import { invoiceServices } from "./kinds.ts";

/**
 * What was learnt of a service, in a ConfigMap beside it: it outlives the process and what Prometheus remembers. The
 * service is its owner, so it goes with it. What is not ours, or cannot be read, is told and never touched.
 */

/** What a role needs for it. There is no rule by which a role could name objects that are named after others. */
export const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "create", "patch"] }] as const;

/** Keys of the ConfigMap: what was learnt, and the notes of whoever learnt it. */
export const STATE_KEY = "forecast.json";
const NOTES_KEY = "notes.json";
const MANAGED_BY = "app.kubernetes.io/managed-by";
const OURS = { [MANAGED_BY]: "invoiceops", "app.kubernetes.io/component": "forecast" };
/** Longest name of an object. */
const NAME_MAX = 253;

export type Owner = Pick<InvoiceService["metadata"], "name" | "namespace" | "uid">;

/** What is noted beside a state. */
export interface Notes {
  /** By calendar, since when its windows were looked for in the history, ms since the epoch. */
  searched: Readonly<Record<string, number>>;
  /** Digest of the query that the samples came from; absent when that is not known. */
  question?: string;
}

/** What there is: nothing yet, a state, or something that must be left alone. */
export type Stored =
  | { ok: true; kept?: { state: ForecastState; notes: Notes }; version?: string }
  | { ok: false; reason: "StateUnusable" | "StateNotKept"; message: string; /** Ours, and damaged. */ ours?: true };

export class ForecastStore {
  readonly #client: Pick<Client, "get" | "create" | "apply">;

  constructor(client: Pick<Client, "get" | "create" | "apply">) {
    this.#client = client;
  }

  /** Rejects when the API server gives no answer. */
  async read(owner: Owner): Promise<Stored> {
    const ref = refOf(owner);
    try {
      return readConfigMap(await this.#client.get(configMaps, ref), owner);
    } catch (error) {
      if (isNotFound(error)) return { ok: true };
      if (isForbidden(error)) return notKept(error);
      throw error;
    }
  }

  /**
   * Writes over what `version` was, or where there was nothing, and resolves with the new version. Rejects with a
   * KubeError, a Conflict or AlreadyExists when somebody else was first.
   */
  async write(owner: Owner, text: string, notes: Notes, version: string | undefined): Promise<string | undefined> {
    const object = configMapOf(owner, text, notes);
    if (version === undefined) return (await this.#client.create(configMaps, object)).metadata.resourceVersion;
    // It is ours by its label and its owner; what was created, or imported, stands under another manager's name.
    const applied = { ...object, metadata: { ...object.metadata, resourceVersion: version } };
    return (await this.#client.apply(configMaps, applied, { force: true })).metadata.resourceVersion;
  }
}

export function refOf({ name, namespace }: Owner): Ref & { namespace: string } {
  return { namespace: namespace ?? "", name: nameOf(name) };
}

/** `<service>-forecast`; a digest takes the place of what is too long for a name. */
function nameOf(service: string): string {
  const name = `${service}-forecast`;
  if (name.length <= NAME_MAX) return name;
  const digest = createHash("sha256").update(service).digest("hex").slice(0, 10);
  return `${service.slice(0, 200).replace(/[^a-z0-9]+$/, "")}-${digest}-forecast`;
}

/** The whole object, as it is applied; `text` is a state as `stateText` writes it. */
export function configMapOf(owner: Owner, text: string, notes?: Notes): ConfigMap {
  const { name, uid = "" } = owner;
  const { kind } = invoiceServices;
  return {
    metadata: {
      ...refOf(owner),
      labels: OURS,
      ownerReferences: [{ apiVersion: apiVersionOf(invoiceServices), kind, name, uid }],
    },
    data: { [STATE_KEY]: text, ...(notes ? { [NOTES_KEY]: JSON.stringify(notes) } : {}) },
  };
}

export function readConfigMap({ metadata, data }: ConfigMap, owner: Owner): Stored {
  const named = `ConfigMap ${metadata.name}`;
  const [first] = metadata.ownerReferences ?? [];
  if (metadata.labels?.[MANAGED_BY] !== OURS[MANAGED_BY]) {
    return unusable(`${named} is not ours (it lacks the label ${MANAGED_BY}: invoiceops): rename it`);
  }
  if (first?.uid !== owner.uid) {
    return unusable(
      `${named} belongs to ${first ? `an earlier ${first.kind} ${first.name}` : "no InvoiceService"}: export what it holds by "state export", delete it, and import that`,
    );
  }
  const text = data?.[STATE_KEY];
  const parsed = text === undefined ? { problem: `it has no ${STATE_KEY}` } : parseState(text);
  if ("problem" in parsed) {
    const told = unusable(`${named} cannot be read and is left as it is: ${parsed.problem}; delete it to learn anew`);
    return { ...told, ...("newer" in parsed ? {} : { ours: true }) };
  }
  const version = metadata.resourceVersion;
  return {
    ok: true,
    kept: { state: parsed.state, notes: notesOf(data?.[NOTES_KEY]) },
    ...(version === undefined ? {} : { version }),
  };
}

/** Notes that cannot be read cost another look at the past, nothing else. */
function notesOf(text: string | undefined): Notes {
  try {
    const { searched, question } = JSON.parse(text ?? "") as { searched?: unknown; question?: unknown };
    const entries = Object.entries(searched ?? {}).filter(([, since]) => typeof since === "number");
    return {
      searched: Object.fromEntries(entries) as Record<string, number>,
      ...(typeof question === "string" ? { question } : {}),
    };
  } catch {
    return { searched: {} };
  }
}

function unusable(message: string): Stored & { ok: false } {
  return { ok: false, reason: "StateUnusable", message };
}

function notKept(error: unknown): Stored {
  const message = `what was learnt is not kept: ${error instanceof Error ? error.message : String(error)}`;
  return { ok: false, reason: "StateNotKept", message };
}
