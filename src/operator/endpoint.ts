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

/** Services come and go; more than this are not remembered at once. */
const MOST_RESOLVED = 20_000;

type PrometheusSpec = InvoiceServiceSpec["prometheus"];

class MissingSecret extends Error {}

export class Endpoints {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #own: Endpoint | undefined;
  readonly #resolved = new Map<string, { until: number; result: EndpointResult }>();

  /** `own` is the operator's --prometheus-url with its credentials, which go nowhere else. */
  constructor(options: { client: Client; clock: Clock; own?: Endpoint }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#own = options.own;
  }

  /** The endpoint of a service; the same object while nothing about it changes. */
  async of(namespace: string, spec: PrometheusSpec): Promise<EndpointResult> {
    // The operator's own endpoint is the same for all namespaces, and no Secret is read for it.
    const key = JSON.stringify(spec.url === undefined ? [spec.timeout] : [namespace, spec]);
    const known = this.#resolved.get(key);
    if (known && this.#clock.now() < known.until) return known.result;
    const fresh = spec.url === undefined ? this.#ownEndpoint(spec) : await this.#resolve(namespace, spec, spec.url);
    const result = known && JSON.stringify(known.result) === JSON.stringify(fresh) ? known.result : fresh;
    if (this.#resolved.size >= MOST_RESOLVED) this.#resolved.clear();
    this.#resolved.set(key, { until: this.#clock.now() + SECRET_FOR_MS, result });
    return result;
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
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString().trimEnd()]),
  );
}
