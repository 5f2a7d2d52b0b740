import type { KubeObject, Ref, Resource } from "./resource.ts";
import type { Transport } from "./transport.ts";

export interface ListOptions {
  /** Default: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  signal?: AbortSignal;
}

export interface ApplyOptions {
  /** Take fields that another manager owns (default false: such a field is a Conflict). */
  force?: boolean;
  subresource?: string;
  fieldManager?: string;
  /** The server answers as if it had written, and writes nothing. */
  dryRun?: boolean;
  signal?: AbortSignal;
}

export interface PatchOptions {
  /** `merge` (RFC 7386, the default) or `json` (RFC 6902). */
  type?: "merge" | "json";
  subresource?: string;
  fieldManager?: string;
  signal?: AbortSignal;
}

export interface DeleteOptions {
  /** Delete only the object with this uid; another one under the name is a Conflict. */
  uid?: string;
  resourceVersion?: string;
  propagationPolicy?: "Foreground" | "Background" | "Orphan";
  signal?: AbortSignal;
}

/** An object to apply: only the fields that we want to own. */
export type Applied<T extends KubeObject> = Partial<Omit<T, "metadata">> & Pick<T, "metadata">;

/** Typed access to the API: raw JSON both ways, nothing dropped, nothing renamed. Rejects with KubeError. */
export interface Client {
  get<T extends KubeObject>(
    resource: Resource<T>,
    ref: Ref,
    options?: { subresource?: string; signal?: AbortSignal },
  ): Promise<T>;
  /** The whole collection, in pages of 500; `resourceVersion` is the one to watch from. Items carry apiVersion and kind. */
  list<T extends KubeObject>(
    resource: Resource<T>,
    options?: ListOptions,
  ): Promise<{ items: T[]; resourceVersion: string }>;
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: { signal?: AbortSignal }): Promise<T>;
  /** Server-side apply with strict field validation; apiVersion and kind come from the resource. */
  apply<T extends KubeObject>(resource: Resource<T>, object: Applied<T>, options?: ApplyOptions): Promise<T>;
  /** Server-side apply to `/status`, with force: status has one writer. */
  applyStatus<T extends KubeObject>(
    resource: Resource<T>,
    object: Applied<T>,
    options?: Omit<ApplyOptions, "force" | "subresource">,
  ): Promise<T>;
  patch<T extends KubeObject>(resource: Resource<T>, ref: Ref, body: unknown, options?: PatchOptions): Promise<T>;
  /** PUT; with `metadata.resourceVersion` set, a Conflict tells that somebody was faster. */
  replace<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options?: { subresource?: string; signal?: AbortSignal },
  ): Promise<T>;
  /** Gone already is success. */
  delete(resource: Resource, ref: Ref, options?: DeleteOptions): Promise<void>;
}
