import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/logger.ts";
import { Backoff } from "./backoff.ts";
import type { Client } from "./client.ts";
import { isGone, KubeError } from "./errors.ts";
import type { KubeObject, Resource } from "./resource.ts";
import type { Transport } from "./transport.ts";
import { INACTIVE, watch } from "./watch.ts";

/** Where a reflector puts what it reads. Nothing here may throw. */
export interface Sink<T> {
  /** The whole collection, read anew. */
  replace(objects: readonly T[]): void;
  put(object: T): void;
  remove(object: T): void;
}

export interface ReflectorOptions<T extends KubeObject> {
  client: Client;
  transport: Transport;
  resource: Resource<T>;
  /** Default: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  clock: Clock;
  log: Logger;
  /** Uniform in [0, 1). */
  random?: () => number;
  metrics?: ReflectorMetrics;
}

/** What one reflector counts; whoever makes it binds the label of the resource. */
export interface ReflectorMetrics {
  /** The collection was listed: at the start, or because the watch had fallen behind the server's history. */
  listed(reason: "start" | "expired"): void;
  /** A watch has ended or could not begin. */
  watchEnded(reason: "closed" | "inactive" | "expired" | "error"): void;
}

/** Watches begin at least this far apart, whatever ended the one before. */
const SPACING_MS = 1000;

/** Keeps a sink equal to a collection: one list, then watches from where the one before ended. */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #sink: Sink<T>;
  readonly #backoff: Backoff;
  /** The sink has everything up to this version; undefined when a list is due. */
  #version: string | undefined;
  /** The version came from a list, not yet from a watch. */
  #justListed = false;
  #everListed = false;
  #watchStartedAt = Number.NEGATIVE_INFINITY;
  #lastContact = 0;

  constructor(options: ReflectorOptions<T>, sink: Sink<T>) {
    this.#options = options;
    this.#sink = sink;
    this.#backoff = new Backoff(options.clock, options.random ?? Math.random);
  }

  get lastContact(): number {
    return this.#lastContact;
  }

  /** Runs until the signal aborts, and never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      const waitMs = await this.#follow(signal).catch((error: unknown) => this.#waitAfter(error, signal));
      // A sleep that the signal cuts short needs no answer: the loop ends.
      if (waitMs > 0) await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  /** Lists if that is due and watches until the server ends it; returns the wait before the next watch. */
  async #follow(signal: AbortSignal): Promise<number> {
    const version = this.#version ?? (await this.#list(signal));
    await this.#watch(version, signal);
    this.#options.metrics?.watchEnded("closed");
    return this.#spacing();
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { client, resource, metrics, log } = this.#options;
    const { items, resourceVersion } = await client.list(resource, { ...this.#selection(), signal });
    this.#heard();
    this.#sink.replace(items);
    this.#version = resourceVersion;
    this.#justListed = true;
    metrics?.listed(this.#everListed ? "expired" : "start");
    this.#everListed = true;
    log.debug({ objects: items.length, resourceVersion }, "listed");
    return resourceVersion;
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { transport, resource, clock, random = Math.random } = this.#options;
    const onContact = (): void => this.#heard();
    this.#watchStartedAt = clock.monotonic();
    const options = { ...this.#selection(), resourceVersion, signal, clock, random, onContact };
    for await (const { type, object } of watch(transport, resource, options)) {
      const version = object.metadata.resourceVersion;
      // Changes come in order, so what is not newer is being told again.
      if (!isNewer(version, this.#version)) continue;
      if (type === "DELETED") this.#sink.remove(object);
      else if (type !== "BOOKMARK") this.#sink.put(object);
      this.#version = version;
      this.#justListed = false;
    }
  }

  /** Notes what ended the watch or failed the list; returns the wait before the next try, milliseconds. */
  #waitAfter(error: unknown, signal: AbortSignal): number {
    if (signal.aborted) return 0;
    const { log, metrics } = this.#options;
    const watched = this.#version !== undefined;
    if (error instanceof KubeError && error.reason === INACTIVE) {
      // The normal course where nothing changes: the server has no newer version to put into a bookmark.
      log.debug({ err: error }, "the watch was quiet; watching again");
      metrics?.watchEnded("inactive");
      return this.#spacing();
    }
    if (watched && isGone(error)) {
      log.info({ err: error }, "the watch fell behind the server's history; listing again");
      metrics?.watchEnded("expired");
      this.#version = undefined;
      // A server that cannot be watched from its own list would be listed without end.
      return this.#justListed ? this.#backoff.next(error) : this.#spacing();
    }
    if (watched) metrics?.watchEnded("error");
    const waitMs = this.#backoff.next(error);
    log.warn({ err: error, waitMs }, watched ? "the watch failed; trying again" : "the list failed; trying again");
    return waitMs;
  }

  #spacing(): number {
    return this.#watchStartedAt + SPACING_MS - this.#options.clock.monotonic();
  }

  #selection(): { namespace?: string; labelSelector?: string; fieldSelector?: string } {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return {
      ...(namespace !== undefined && { namespace }),
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
    };
  }

  #heard(): void {
    this.#lastContact = this.#options.clock.now();
  }
}

/**
 * Whether version `a` comes after `b`. Versions of a collection are decimal numbers of any length that grow (since
 * Kubernetes 1.35 a promise of the API); of a server that gives anything else, every version counts as new.
 */
function isNewer(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || !/^\d+$/.test(a) || !/^\d+$/.test(b)) return true;
  return a.length === b.length ? a > b : a.length > b.length;
}
