import { parseDuration } from "../api/v1alpha1/duration.ts";
import type { InvoiceServiceSpec } from "../api/v1alpha1/invoice-service.ts";
import type { Client } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import { secrets, type Secret } from "../kube/resource.ts";
import type { Endpoint } from "../prometheus/reading.ts";
import type { Clock } from "../runtime/clock.ts";

/** Where a service's metrics are, with what its Secrets hold. Secrets are of the object's own namespace, always. */

export type EndpointResult =
  | { ok: true; endpoint: Endpoint }
  | { ok: false; reason: "NoPrometheus" | "SecretNotFound" | "Unavailable"; message: string };

/** How long what a Secret holds is used before it is read again: a rotated token works within a minute. */
const SECRET_FOR_MS = 60_000;
/** Why there is no endpoint may be mended at any moment; those who ask at the same time share the answer. */
const FAILURE_FOR_MS = 5_000;
/** What nobody has asked for since is dropped, and with it what the Secrets held. */
const UNUSED_MS = 10 * SECRET_FOR_MS;

type PrometheusSpec = InvoiceServiceSpec["prometheus"];

class MissingSecret extends Error {}

interface Resolved {
  result: EndpointResult;
  /** Times on the monotonic clock. */
  until: number;
  askedAt: number;
}

export class Endpoints {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #own: Endpoint | undefined;
  readonly #resolved = new Map<string, Resolved>();
  #sweptAt = -Infinity;

  /** `own` is the operator's --prometheus-url with its credentials, which go nowhere else. */
  constructor(options: { client: Client; clock: Clock; own?: Endpoint }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#own = options.own;
  }

  /** Endpoints remembered. */
  get size(): number {
    return this.#resolved.size;
  }

  /** The endpoint of a service; the same object while nothing about it changes. */
  async of(namespace: string, spec: PrometheusSpec): Promise<EndpointResult> {
    // The operator's own endpoint is the same for all namespaces, and no Secret is read for it.
    const key = JSON.stringify(spec.url === undefined ? [spec.timeout] : [namespace, spec]);
    const now = this.#clock.monotonic();
    this.#sweep(now);
    const known = this.#resolved.get(key);
    if (known) known.askedAt = now;
    if (known && now < known.until) return known.result;
    const fresh = spec.url === undefined ? this.#ownEndpoint(spec) : await this.#resolve(namespace, spec, spec.url);
    const result = known ? latest(known.result, fresh) : fresh;
    const until = this.#clock.monotonic() + (fresh.ok ? SECRET_FOR_MS : FAILURE_FOR_MS);
    this.#resolved.set(key, { result, until, askedAt: now });
    return result;
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < SECRET_FOR_MS) return;
    this.#sweptAt = now;
    for (const [key, { askedAt }] of this.#resolved) if (now - askedAt > UNUSED_MS) this.#resolved.delete(key);
  }

  #ownEndpoint({ timeout }: PrometheusSpec): EndpointResult {
    if (this.#own) return { ok: true, endpoint: { ...this.#own, timeoutMs: parseDuration(timeout) } };
    const message = "no Prometheus is known: set spec.prometheus.url, or the operator's --prometheus-url";
    return { ok: false, reason: "NoPrometheus", message };
  }

  async #resolve(namespace: string, spec: PrometheusSpec, url: string): Promise<EndpointResult> {
    const { authorization, ca, headers } = spec;
    const read = (name: string): Promise<Secret> => this.#read(namespace, name);
    try {
      const all: Record<string, string> = {};
      if (headers) Object.assign(all, valuesOf(await read(headers.secretName)));
      if (authorization?.bearer) {
        const { secretName, key } = authorization.bearer;
        all["authorization"] = `Bearer ${valueOf(await read(secretName), key)}`;
      }
      if (authorization?.basic) {
        const secret = await read(authorization.basic.secretName);
        const pair = `${valueOf(secret, "username")}:${valueOf(secret, "password")}`;
        all["authorization"] = `Basic ${Buffer.from(pair).toString("base64")}`;
      }
      const bundle = ca && valueOf(await read(ca.secretName), ca.key);
      const endpoint: Endpoint = {
        url,
        timeoutMs: parseDuration(spec.timeout),
        ...(Object.keys(all).length > 0 ? { headers: all } : {}),
        ...(bundle === undefined ? {} : { ca: bundle }),
      };
      return { ok: true, endpoint };
    } catch (error) {
      if (error instanceof MissingSecret) return { ok: false, reason: "SecretNotFound", message: error.message };
      if (error instanceof KubeError) return { ok: false, reason: "Unavailable", message: error.message };
      throw error;
    }
  }

  async #read(namespace: string, name: string): Promise<Secret> {
    try {
      return await this.#client.get(secrets, { namespace, name });
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) {
        throw new MissingSecret(
          `Secret ${name} of spec.prometheus does not exist in namespace ${namespace}: create it or correct its name`,
        );
      }
      throw error;
    }
  }
}

/** While the API server does not answer, what the Secrets held is used on: metrics must not fail along with it. */
function latest(before: EndpointResult, fresh: EndpointResult): EndpointResult {
  if (before.ok && !fresh.ok && fresh.reason === "Unavailable") return before;
  return JSON.stringify(before) === JSON.stringify(fresh) ? before : fresh;
}

function valueOf(secret: Secret, key: string): string {
  const value = valuesOf(secret)[key];
  if (value === undefined) {
    throw new MissingSecret(
      `Secret ${secret.metadata.name} of spec.prometheus has no key ${key}: add it or correct the key`,
    );
  }
  return value;
}

function valuesOf({ data = {} }: Secret): Record<string, string> {
  // A trailing line end comes with most ways to make a Secret from a file, and is valid in no header.
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      Buffer.from(value, "base64")
        .toString()
        .replace(/[\r\n]+$/, ""),
    ]),
  );
}
