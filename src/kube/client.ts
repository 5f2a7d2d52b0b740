import { isGone, isNotFound } from "./errors.ts";
import { apiVersionOf, describe, pathOf, type KubeObject, type Ref, type Resource } from "./resource.ts";
import type { Transport, TransportRequest } from "./transport.ts";

interface ListOptions {
  /** Default: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  signal?: AbortSignal;
}

interface ApplyOptions {
  /** Take fields that another manager owns (default false: such a field is a Conflict). */
  force?: boolean;
  subresource?: string;
  fieldManager?: string;
  /** The server answers as if it had written, and writes nothing. */
  dryRun?: boolean;
  signal?: AbortSignal;
}

interface PatchOptions {
  /** `merge` (RFC 7386, the default) or `json` (RFC 6902). */
  type?: "merge" | "json";
  subresource?: string;
  fieldManager?: string;
  signal?: AbortSignal;
}

interface DeleteOptions {
  /** Delete only the object with this uid; another one under the name is a Conflict. */
  uid?: string;
  resourceVersion?: string;
  propagationPolicy?: "Foreground" | "Background" | "Orphan";
  signal?: AbortSignal;
}

/** Lists are whole: server-side apply merges their entries, but each entry we send must be a valid one. */
type Fields<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: Fields<T[K]> } : T;

/** An object to apply: only the fields that we want to own. */
export type Applied<T extends KubeObject> = Fields<Omit<T, "metadata">> & Pick<T, "metadata">;

interface ListResult<T> {
  items: T[];
  /** The version to watch from. */
  resourceVersion: string;
}

/** Typed access to the API: raw JSON both ways, nothing dropped, nothing renamed. Rejects with KubeError. */
export interface Client {
  get<T extends KubeObject>(
    resource: Resource<T>,
    ref: Ref,
    options?: { subresource?: string; signal?: AbortSignal },
  ): Promise<T>;
  /** The whole collection, read in pages. Items carry apiVersion and kind. */
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<ListResult<T>>;
  create<T extends KubeObject>(
    resource: Resource<T>,
    object: NoInfer<T>,
    options?: { signal?: AbortSignal },
  ): Promise<T>;
  /** Server-side apply with strict field validation; apiVersion and kind come from the resource. */
  apply<T extends KubeObject>(resource: Resource<T>, object: Applied<NoInfer<T>>, options?: ApplyOptions): Promise<T>;
  /** Server-side apply to `/status`, with force: status has one writer. */
  applyStatus<T extends KubeObject>(
    resource: Resource<T>,
    object: Applied<NoInfer<T>>,
    options?: Omit<ApplyOptions, "force" | "subresource">,
  ): Promise<T>;
  patch<T extends KubeObject>(resource: Resource<T>, ref: Ref, body: unknown, options?: PatchOptions): Promise<T>;
  /** PUT; with `metadata.resourceVersion` set, a Conflict tells that somebody was faster. */
  replace<T extends KubeObject>(
    resource: Resource<T>,
    object: NoInfer<T>,
    options?: { subresource?: string; signal?: AbortSignal },
  ): Promise<T>;
  /** Gone already is success. */
  delete(resource: Resource, ref: Ref, options?: DeleteOptions): Promise<void>;
}

/** Objects a page; a page that takes longer than `LIST_TIMEOUT_MS` fails. */
const PAGE = 500;
const LIST_TIMEOUT_MS = 60_000;

interface Call {
  method: TransportRequest["method"];
  /** For messages: "apply", "get". */
  verb: string;
  resource: Resource;
  ref?: { namespace?: string | undefined; name?: string | undefined } | undefined;
  subresource?: string | undefined;
  query?: Record<string, string | undefined>;
  body?: unknown;
  contentType?: string;
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
}

/**
 * @param options.fieldManager the name under which the API server books what we set; default "invoiceops".
 * @param options.beforeWrite asked just before the bytes of each write leave; what it throws stops the write. The
 *   operator passes `elector.assertLeader`, so a process that was stopped and resumed writes nothing before it
 *   leads again. The elector itself works on a client without it.
 */
export function createClient(
  transport: Transport,
  options: { fieldManager?: string; beforeWrite?: () => void } = {},
): Client & { transport: Transport } {
  const { fieldManager = "invoiceops", beforeWrite } = options;

  const send = async <R>(call: Call): Promise<R> => {
    const { method, verb, resource, ref, subresource, query, body, contentType, signal, timeoutMs } = call;
    const path = pathOf(resource, ref, subresource);
    const answer = await transport.request({
      method,
      // A new object is sent to its collection: its path without the name.
      path: verb === "create" ? path.slice(0, path.lastIndexOf("/")) : path,
      doing: describe(verb, resource, ref, subresource),
      ...(query && { query }),
      ...(body !== undefined && { body }),
      ...(contentType !== undefined && { contentType }),
      ...(signal && { signal }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(beforeWrite && method !== "GET" && { beforeSend: beforeWrite }),
    });
    return answer as R;
  };

  const client: Client = {
    get: (resource, ref, { subresource, signal } = {}) =>
      send({ method: "GET", verb: "get", resource, ref, subresource, signal }),

    list: async (resource, listOptions = {}) => {
      try {
        return await listPages(send, resource, listOptions, PAGE);
      } catch (error) {
        // The continue token outlived the server's history: read all at once, as client-go does.
        if (!isGone(error)) throw error;
        return await listPages(send, resource, listOptions, undefined);
      }
    },

    create: (resource, object, { signal } = {}) =>
      send({
        method: "POST",
        verb: "create",
        resource,
        ref: object.metadata,
        query: { fieldManager, fieldValidation: "Strict" },
        body: { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind },
        signal,
      }),

    apply: (resource, object, { force = false, subresource, dryRun = false, signal, ...rest } = {}) =>
      send({
        method: "PATCH",
        verb: "apply",
        resource,
        ref: object.metadata,
        subresource,
        query: {
          fieldManager: rest.fieldManager ?? fieldManager,
          force: String(force),
          fieldValidation: "Strict",
          dryRun: dryRun ? "All" : undefined,
        },
        body: { ...(object as KubeObject), ...typeOf(resource, subresource) },
        contentType: "application/apply-patch+yaml",
        signal,
      }),

    applyStatus: (resource, object, applyOptions = {}) =>
      client.apply(resource, object, { ...applyOptions, force: true, subresource: "status" }),

    patch: (resource, ref, body, { type = "merge", subresource, signal, ...rest } = {}) =>
      send({
        method: "PATCH",
        verb: "patch",
        resource,
        ref,
        subresource,
        query: { fieldManager: rest.fieldManager ?? fieldManager, fieldValidation: "Strict" },
        body,
        contentType: type === "merge" ? "application/merge-patch+json" : "application/json-patch+json",
        signal,
      }),

    replace: (resource, object, { subresource, signal } = {}) =>
      send({
        method: "PUT",
        verb: "replace",
        resource,
        ref: object.metadata,
        subresource,
        query: { fieldManager, fieldValidation: "Strict" },
        body: { ...object, ...typeOf(resource, subresource) },
        signal,
      }),

    delete: async (resource, ref, { uid, resourceVersion, propagationPolicy, signal } = {}) => {
      const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
      const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions, propagationPolicy };
      try {
        await send({ method: "DELETE", verb: "delete", resource, ref, body, signal });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };
  return Object.assign(client, { transport });
}

/** What stands on the wire: `/scale` of any kind is an autoscaling/v1 Scale. */
function typeOf(resource: Resource, subresource: string | undefined): { apiVersion: string; kind: string } {
  if (subresource === "scale") return { apiVersion: "autoscaling/v1", kind: "Scale" };
  return { apiVersion: apiVersionOf(resource), kind: resource.kind };
}

interface Page<T> {
  items: T[] | null;
  metadata: { resourceVersion: string; continue?: string };
}

async function listPages<T extends KubeObject>(
  send: <R>(call: Call) => Promise<R>,
  resource: Resource<T>,
  { namespace, labelSelector, fieldSelector, signal }: ListOptions,
  limit: number | undefined,
): Promise<ListResult<T>> {
  const items: T[] = [];
  const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  for (let token: string | undefined; ;) {
    const query = { labelSelector, fieldSelector, limit: limit?.toString(), continue: token };
    const call: Call = { method: "GET", verb: "list", resource, ref: { namespace }, query, signal };
    const page = await send<Page<T>>({ ...call, timeoutMs: LIST_TIMEOUT_MS });
    for (const item of page.items ?? []) items.push({ ...type, ...item });
    token = page.metadata.continue;
    if (!token) return { items, resourceVersion: page.metadata.resourceVersion };
  }
}
