import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { ClusterConfig } from "../../src/kube/config.ts";
import { apiVersionOf, type Resource } from "../../src/kube/resource.ts";
import { failRequest, type RequestFault, type StreamFault } from "./fake-faults.ts";
import { FakeStore, Refusal, type FakeObject, type Preconditions } from "./fake-store.ts";
import { FakeWatch } from "./fake-watch.ts";

export type Verb = "list" | "watch" | "get" | "create" | "replace" | "patch" | "delete";

/** One request as the server understood it. */
export interface FakeCall {
  verb: Verb;
  resource: Resource;
  collection: string;
  namespace?: string;
  name?: string;
  subresource?: string;
  query: URLSearchParams;
}

/**
 * An API server in this process, over plain HTTP, for tests of what a real one does too rarely: it hangs, cuts,
 * repeats and forgets when told to. Knows get, list in pages, watch, create, replace, merge patch and delete,
 * with optimistic concurrency, generations and the status subresource. Server-side apply is for the real one.
 */
export class FakeApiServer {
  readonly store: FakeStore;
  /** All requests so far, the failed ones too. */
  readonly calls: FakeCall[] = [];
  readonly #resources: readonly Resource[];
  readonly #server: Server;
  readonly #watches = new Set<FakeWatch>();
  readonly #unanswered = new Set<ServerResponse>();
  readonly #faults: { verb: Verb; fault: RequestFault | StreamFault }[] = [];
  readonly #pages = new Map<string, { revision: number; items: FakeObject[] }>();
  #tokens = 0;

  private constructor(resources: readonly Resource[], historyLimit: number) {
    this.#resources = resources;
    this.store = new FakeStore(historyLimit);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(options: { resources: readonly Resource[]; historyLimit?: number }): Promise<FakeApiServer> {
    const fake = new FakeApiServer(options.resources, options.historyLimit ?? 1000);
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  /** How to reach it. */
  get config(): ClusterConfig {
    const { port } = this.#server.address() as AddressInfo;
    return { server: `http://127.0.0.1:${port}`, namespace: "default", credentials: anonymous };
  }

  /** Requests without a finished answer, open watches included. */
  get unanswered(): number {
    return this.#unanswered.size;
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  count(verb: Verb): number {
    return this.calls.filter((call) => call.verb === verb).length;
  }

  /** The next `times` requests of this kind suffer the fault; a StreamFault strikes a watch once it is open. */
  fail(verb: Exclude<Verb, "watch">, fault: RequestFault, times?: number): void;
  fail(verb: "watch", fault: RequestFault | StreamFault, times?: number): void;
  fail(verb: Verb, fault: RequestFault | StreamFault, times = 1): void {
    for (let count = 0; count < times; count += 1) this.#faults.push({ verb, fault });
  }

  /** Takes back the faults that have not struck yet. */
  forgive(): void {
    this.#faults.length = 0;
  }

  /** Strikes all watches that are open. */
  disturb(fault: StreamFault): void {
    for (const watch of this.#watches) watch.disturb(fault);
  }

  sendBookmarks(): void {
    for (const watch of this.#watches) watch.bookmark(this.store.revision);
  }

  /** Forgets history and continue tokens, as a compaction of etcd does. */
  compact(): void {
    this.store.compact();
    this.#pages.clear();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#unanswered.add(response);
    response.on("close", () => this.#unanswered.delete(response));
    response.on("error", () => undefined);
    try {
      const body = await readJson(request);
      const call = this.#understand(request);
      this.calls.push(call);
      const index = this.#faults.findIndex(({ verb }) => verb === call.verb);
      const fault = this.#faults.splice(index, index === -1 ? 0 : 1)[0]?.fault;
      const struck = fault === undefined ? undefined : await failRequest(response, fault);
      if (struck === "failed") return;
      if (call.verb === "watch") return this.#watch(call, response, struck);
      send(response, call.verb === "create" ? 201 : 200, this.#answer(call, body));
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, "InternalError", String(error));
      send(response, refusal.code, refusal.status);
    }
  }

  #understand(request: IncomingMessage): FakeCall {
    const { pathname, searchParams: query } = new URL(request.url ?? "", "http://fake");
    const [, group = "", version, path = ""] = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
    const segments = path.split("/").map(decodeURIComponent);
    const namespace = segments[0] === "namespaces" && segments.length > 2 ? segments.splice(0, 2)[1] : undefined;
    const [plural, name, subresource] = segments;
    const resource = this.#resources.find(
      (known) => known.group === group && known.version === version && known.plural === plural,
    );
    if (!resource) throw new Refusal(404, "NotFound", "the server could not find the requested resource");
    const verb = verbOf(request.method ?? "", name, query);
    return {
      verb,
      resource,
      query,
      collection: `${resource.group}/${resource.plural}`,
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
      ...(subresource !== undefined && { subresource }),
    };
  }

  #answer(call: FakeCall, body: unknown): unknown {
    const { collection, namespace, name = "", resource, subresource } = call;
    const ref = { name, ...(namespace !== undefined && { namespace }) };
    const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
    const object = body as FakeObject;
    switch (call.verb) {
      case "list":
        return this.#list(call);
      case "get":
        return this.store.get(collection, ref);
      case "create":
        return this.store.create(collection, {
          ...object,
          ...type,
          metadata: { ...object.metadata, ...namespaceOf(ref) },
        });
      case "replace":
        return this.store.replace(collection, { ...object, ...type }, subresource);
      case "patch":
        return this.store.mergePatch(collection, ref, body, subresource);
      default:
        return this.store.delete(
          collection,
          ref,
          (body as { preconditions?: Preconditions } | undefined)?.preconditions,
        );
    }
  }

  #list(call: FakeCall): unknown {
    const token = call.query.get("continue");
    const found = token === null ? this.#snapshot(call) : this.#pages.get(token);
    if (!found) throw new Refusal(410, "Expired", "The provided continue parameter is too old");
    const { revision, items } = found;
    const size = Number(call.query.get("limit") ?? items.length);
    const rest = items.slice(size);
    const next = `page-${++this.#tokens}`;
    if (rest.length > 0) this.#pages.set(next, { revision, items: rest });
    return {
      kind: `${call.resource.kind}List`,
      apiVersion: apiVersionOf(call.resource),
      metadata: { resourceVersion: String(revision), ...(rest.length > 0 && { continue: next }) },
      // As on the real server, the items of a list say nothing of their kind.
      items: items.slice(0, size).map(({ kind: _kind, apiVersion: _version, ...item }) => item),
    };
  }

  #snapshot(call: FakeCall): { revision: number; items: FakeObject[] } {
    const items = this.store.items(call.collection).filter((object) => selects(call, object));
    return { revision: this.store.revision, items };
  }

  #watch(call: FakeCall, response: ServerResponse, fault: StreamFault | undefined): void {
    const watch = new FakeWatch(response, call, (object) => selects(call, object));
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    this.#watches.add(watch);
    const unsubscribe = this.store.onChange((change) => {
      if (change.collection === call.collection) watch.send(change);
    });
    response.on("close", () => {
      unsubscribe();
      this.#watches.delete(watch);
    });
    try {
      const from = Number(call.query.get("resourceVersion"));
      for (const change of this.store.since(call.collection, from)) watch.send(change);
      if (fault) watch.disturb(fault);
    } catch (error) {
      // As on the real server, what is too old is told as an event: the headers are out.
      watch.refuse(error as Refusal);
    }
  }
}

const anonymous: ClusterConfig["credentials"] = () => Promise.resolve({ headers: {}, tls: {} });

function verbOf(method: string, name: string | undefined, query: URLSearchParams): Verb {
  if (method === "GET" && name !== undefined) return "get";
  if (method === "GET") return query.get("watch") === "true" || query.get("watch") === "1" ? "watch" : "list";
  const verbs: Record<string, Verb> = { POST: "create", PUT: "replace", PATCH: "patch", DELETE: "delete" };
  const verb = verbs[method];
  if (!verb) throw new Refusal(405, "MethodNotAllowed", `${method} is not supported`);
  return verb;
}

/** Whether the call's namespace, label selector (`a=b,c`) and field selector (`metadata.name=x`) take the object. */
function selects({ namespace, query }: FakeCall, { metadata }: FakeObject): boolean {
  if (namespace !== undefined && namespace !== metadata.namespace) return false;
  const terms = (query.get("labelSelector") ?? "").split(",").filter((term) => term !== "");
  const name = /^metadata\.name=(.*)$/.exec(query.get("fieldSelector") ?? "")?.[1];
  return (
    (name === undefined || name === metadata.name) &&
    terms.every((term) => {
      const [key = "", value] = term.split("=");
      const actual = metadata.labels?.[key];
      return value === undefined ? actual !== undefined : actual === value;
    })
  );
}

function namespaceOf({ namespace }: { namespace?: string }): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = Buffer.concat(await request.toArray()).toString("utf8");
  return text === "" ? undefined : JSON.parse(text);
}

function send(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
}
