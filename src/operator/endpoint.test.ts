import { describe, expect, test } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import type { InvoiceServiceSpec } from "../api/v1alpha1/invoice-service.ts";
import type { Client } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import type { Endpoint } from "../prometheus/reading.ts";
import { Endpoints } from "./endpoint.ts";

type Spec = InvoiceServiceSpec["prometheus"];

const url = "https://thanos.billing:9090";
const bearer = { secretName: "token", key: "token" };
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Endpoints in front of an API server with these Secrets, by "namespace/name"; `down` makes it answer nothing. */
function bench(secrets: Record<string, Record<string, string>> = {}, own?: Endpoint) {
  const clock = new FakeClock();
  const server = { secrets, down: false, reads: 0 };
  const client = {
    get: async (_: unknown, { namespace, name }: { namespace: string; name: string }) => {
      server.reads += 1;
      const doing = `get secrets ${namespace}/${name}`;
      if (server.down) throw new KubeError(`${doing}: no answer within 15 s`, { status: 0, reason: "Timeout" });
      const values = server.secrets[`${namespace}/${name}`];
      if (!values) throw new KubeError(`${doing}: not found`, { status: 404, reason: "NotFound" });
      const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, base64(value)]));
      return { metadata: { namespace, name }, data };
    },
  } as unknown as Client;
  const endpoints = new Endpoints({ client, clock, ...(own ? { own } : {}) });
  const of = (spec: Partial<Spec>, namespace = "billing") => endpoints.of(namespace, { timeout: "5s", ...spec });
  return { clock, server, endpoints, of };
}

describe("the endpoint of a service", () => {
  test.each<[string, Partial<Spec>, Record<string, Record<string, string>>, Partial<Endpoint>]>([
    ["is its address", { url }, {}, {}],
    ["has the time limit of the spec", { url, timeout: "2s" }, {}, { timeoutMs: 2_000 }],
    [
      "has a bearer token, without the line end of the file that it came from",
      { url, authorization: { bearer } },
      { "billing/token": { token: "s3cret \n" } },
      { headers: { authorization: "Bearer s3cret " } },
    ],
    [
      "has user and password",
      { url, authorization: { basic: { secretName: "user" } } },
      { "billing/user": { username: "scraper", password: "a:b" } },
      { headers: { authorization: `Basic ${base64("scraper:a:b")}` } },
    ],
    [
      "has further headers, which do not replace its authorization",
      { url, headers: { secretName: "tenant" }, authorization: { bearer } },
      {
        "billing/tenant": { "X-Scope-OrgID": "vat\r\n", authorization: "other" },
        "billing/token": { token: "s3cret" },
      },
      { headers: { "X-Scope-OrgID": "vat", authorization: "Bearer s3cret" } },
    ],
    [
      "has its own certificate authorities",
      { url, ca: { secretName: "ca", key: "ca.crt" } },
      { "billing/ca": { "ca.crt": "-----BEGIN CERTIFICATE-----" } },
      { ca: "-----BEGIN CERTIFICATE-----" },
    ],
  ])("%s", async (_, spec, secrets, expected) => {
    expect(await bench(secrets).of(spec)).toEqual({ ok: true, endpoint: { url, timeoutMs: 5_000, ...expected } });
  });

  test("is the operator's own where the spec gives no address, with the service's time limit", async () => {
    const own = { url: "http://prometheus:9090" };
    const { of, server } = bench({}, own);
    expect(await of({ timeout: "2s" })).toEqual({ ok: true, endpoint: { ...own, timeoutMs: 2_000 } });
    expect(server.reads).toBe(0);
  });

  test("does not send the operator's credentials to an address of the spec, nor the service's to the operator's", async () => {
    const own = { url: "http://prometheus:9090", headers: { authorization: "Bearer operator" } };
    const { of, server } = bench({ "billing/token": { token: "s3cret" } }, own);
    expect(await of({ url })).toEqual({ ok: true, endpoint: { url, timeoutMs: 5_000 } });
    expect(await of({ authorization: { bearer } })).toEqual({ ok: true, endpoint: { ...own, timeoutMs: 5_000 } });
    expect(server.reads).toBe(0);
  });

  test("reads Secrets of the service's own namespace, and shares nothing with a namesake elsewhere", async () => {
    const { of } = bench({ "billing/token": { token: "ours" }, "other/token": { token: "theirs" } });
    const spec = { url, authorization: { bearer } };
    expect(await of(spec)).toMatchObject({ endpoint: { headers: { authorization: "Bearer ours" } } });
    expect(await of(spec, "other")).toMatchObject({ endpoint: { headers: { authorization: "Bearer theirs" } } });
    expect(await of(spec, "third")).toMatchObject({ ok: false, reason: "SecretNotFound" });
  });
});

describe("why there is none", () => {
  test.each<[string, Partial<Spec>, object]>([
    [
      "no address",
      {},
      {
        reason: "NoPrometheus",
        message: "no Prometheus is known: set spec.prometheus.url, or the operator's --prometheus-url",
      },
    ],
    [
      "no such Secret",
      { url, authorization: { bearer: { secretName: "gone", key: "token" } } },
      {
        reason: "SecretNotFound",
        message: "Secret gone of spec.prometheus does not exist in namespace billing: create it or correct its name",
      },
    ],
    [
      "no such key",
      { url, authorization: { bearer: { ...bearer, key: "jwt" } } },
      {
        reason: "SecretNotFound",
        message: "Secret token of spec.prometheus has no key jwt: add it or correct the key",
      },
    ],
  ])("%s", async (_, spec, expected) => {
    expect(await bench({ "billing/token": { token: "s3cret" } }).of(spec)).toEqual({ ok: false, ...expected });
  });

  test("an API server that does not answer", async () => {
    const { of, server } = bench();
    server.down = true;
    expect(await of({ url, authorization: { bearer } })).toEqual({
      ok: false,
      reason: "Unavailable",
      message: "get secrets billing/token: no answer within 15 s",
    });
  });
});

describe("what Secrets hold", () => {
  const spec = { url, authorization: { bearer } };

  test("is read once a minute, and is the same endpoint while it stays", async () => {
    const { of, server, clock } = bench({ "billing/token": { token: "s3cret" } });
    const first = await of(spec);
    await clock.advance(59_000);
    expect(await of(spec)).toBe(first);
    expect(server.reads).toBe(1);
    await clock.advance(1_000);
    expect(await of(spec)).toBe(first);
    expect(server.reads).toBe(2);
  });

  test("is used new within a minute of a rotation", async () => {
    const { of, server, clock } = bench({ "billing/token": { token: "old" } });
    await of(spec);
    server.secrets = { "billing/token": { token: "new" } };
    await clock.advance(60_000);
    expect(await of(spec)).toMatchObject({ endpoint: { headers: { authorization: "Bearer new" } } });
  });

  test("is used on while the API server does not answer, and not after the Secret was taken away", async () => {
    const { of, server, clock } = bench({ "billing/token": { token: "s3cret" } });
    const first = await of(spec);
    server.down = true;
    await clock.advance(60_000);
    expect(await of(spec)).toBe(first);
    server.down = false;
    server.secrets = {};
    await clock.advance(5_000);
    expect(await of(spec)).toMatchObject({ ok: false, reason: "SecretNotFound" });
  });

  test("is found a few seconds after a missing Secret was made", async () => {
    const { of, server, clock } = bench();
    expect(await of(spec)).toMatchObject({ ok: false });
    server.secrets = { "billing/token": { token: "s3cret" } };
    await clock.advance(5_000);
    expect(await of(spec)).toMatchObject({ ok: true });
  });

  test("is forgotten when nobody asks for it any more", async () => {
    const { of, endpoints, clock } = bench({ "billing/token": { token: "s3cret" } });
    await of(spec);
    for (let minute = 0; minute < 12; minute += 1) {
      await of({ url });
      await clock.advance(60_000);
    }
    expect(endpoints.size).toBe(1);
  });
});
