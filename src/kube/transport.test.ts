import { describe, expect, test } from "vitest";

import { html, json, ok, refuse, reset, resetInBody, serve, type Answer } from "../../test/support/scripted-server.ts";
import {
  configOf,
  failureOf,
  get,
  openTransport,
  Sleepless,
  until,
  write,
} from "../../test/support/transport-fixture.ts";
import type { KubeError } from "./errors.ts";
import type { TransportRequest } from "./transport.ts";

describe("a request", () => {
  test("sends JSON with credentials and reads JSON", async () => {
    const { url, seen } = await serve((request, response) =>
      json({ got: JSON.parse(request.body) })(request, response),
    );
    const { transport } = openTransport(`${url}/behind/a/proxy/`, { userAgent: "invoiceops/1" });
    const answer = await transport.request({ ...write, query: { force: "false", dryRun: undefined } });
    expect(answer).toEqual({ got: { a: 1 } });
    expect(seen[0]).toMatchObject({ method: "PATCH", url: "/behind/a/proxy/api/v1/pods?force=false" });
    expect(seen[0]?.headers).toMatchObject({
      authorization: "Bearer token-0",
      "user-agent": "invoiceops/1",
      "content-type": "application/json",
      accept: "application/json",
    });
  });

  test("uses a connection that is there", async () => {
    const { url, sockets } = await serve(ok);
    const { transport } = openTransport(url);
    for (let i = 0; i < 40; i += 1) await transport.request(get);
    // A second one is opened when a request comes before the last answer's connection is free again.
    expect(sockets.size).toBeLessThanOrEqual(2);
  });

  test("shares at most sixteen connections with the others", async () => {
    const waiting: (() => void)[] = [];
    const { url, seen, sockets } = await serve((request, response) => waiting.push(() => ok(request, response)));
    const { transport } = openTransport(url);
    const all = Promise.all(Array.from({ length: 40 }, () => transport.request(get)));
    for (let answered = 0; answered < 40; answered += 1) {
      await until(() => waiting.length > 0);
      waiting.shift()?.();
    }
    await all;
    expect(seen).toHaveLength(40);
    expect(sockets.size).toBe(16);
  });

  test("gets new connections when the TLS material changes", async () => {
    const { url, seen } = await serve(ok);
    const config = configOf(url);
    let ca = "one";
    config.credentials = async () => ({ headers: {}, tls: { ca } });
    const { transport } = openTransport(url, { config });
    await transport.request(get);
    ca = "two";
    await transport.request(get);
    expect(seen[1]?.socket).not.toBe(seen[0]?.socket);
    await until(() => seen[0]?.socket.destroyed === true);
  });

  test("tells each attempt with its code and host", async () => {
    const { url } = await serve(refuse(429, "TooManyRequests", "0"), ok, reset);
    const told: string[] = [];
    const { transport } = openTransport(url, {
      clock: new Sleepless(),
      onRequest: ({ method, code, host }) => told.push(`${method} ${code} ${host}`),
    });
    await transport.request(get);
    await failureOf(transport.request(write));
    const host = new URL(url).host;
    expect(told).toEqual([`GET 429 ${host}`, `GET 200 ${host}`, `PATCH <error> ${host}`]);
  });

  test("after 401 reads the credentials again, once", async () => {
    const { url, seen } = await serve(refuse(401, "Unauthorized"), ok);
    const { transport } = openTransport(url);
    await transport.request(write);
    expect(seen.map((request) => request.headers.authorization)).toEqual(["Bearer token-0", "Bearer token-1"]);
  });

  test("fails when the second try is unauthorized too", async () => {
    const { url, seen } = await serve(refuse(401, "Unauthorized"));
    const { transport } = openTransport(url);
    expect(await failureOf(transport.request(get))).toMatchObject({ status: 401, reason: "Unauthorized" });
    expect(seen).toHaveLength(2);
  });

  test("keeps within the rate that it was given", async () => {
    const { url, seen } = await serve(ok);
    const { transport, clock } = openTransport(url, { qps: 10, burst: 1 });
    await transport.request(get);
    const second = transport.request(get);
    await clock.advance(99);
    expect(seen).toHaveLength(1);
    await clock.advance(1);
    await second;
    expect(seen).toHaveLength(2);
  });
});

describe("a request is repeated", () => {
  const pod = { kind: "Pod" };
  test.each<[string, TransportRequest, Answer[], { slept: number[]; outcome: object }]>([
    [
      "when a write got 429, after its Retry-After",
      write,
      [refuse(429, "TooManyRequests", "3"), ok],
      { slept: [3000], outcome: pod },
    ],
    [
      "when a write got 503 with Retry-After",
      write,
      [refuse(503, "ServiceUnavailable", "1"), ok],
      { slept: [1000], outcome: pod },
    ],
    [
      "after 15 s when Retry-After is an hour",
      get,
      [refuse(429, "TooManyRequests", "3600"), ok],
      { slept: [15_000], outcome: pod },
    ],
    [
      "four times at most",
      write,
      [refuse(429, "TooManyRequests", "1")],
      { slept: [1000, 1000, 1000, 1000], outcome: { status: 429, retryAfterMs: 1000 } },
    ],
    [
      "when a read got a page of HTML from a proxy",
      get,
      [html(503), html(503), ok],
      { slept: [200, 400], outcome: pod },
    ],
    ["when a read was reset", get, [reset, ok], { slept: [200], outcome: pod }],
    ["when a read was reset in its body", get, [resetInBody, ok], { slept: [200], outcome: pod }],
    [
      "never when a write may have been done: 503 without Retry-After",
      write,
      [html(503), ok],
      { slept: [], outcome: { status: 503, reason: "ServiceUnavailable" } },
    ],
    [
      "never when a write may have been done: reset",
      write,
      [reset, ok],
      { slept: [], outcome: { status: 0, reason: "ConnectionReset" } },
    ],
    ["never when it was refused", get, [refuse(403, "Forbidden"), ok], { slept: [], outcome: { status: 403 } }],
  ])("%s", async (_, request, answers, expected) => {
    const { url, seen } = await serve(...answers);
    const clock = new Sleepless();
    const { transport } = openTransport(url, { clock });
    const outcome = await transport.request(request).catch((error: unknown) => error);
    expect(outcome).toMatchObject(expected.outcome);
    expect(clock.slept).toEqual(expected.slept);
    expect(seen).toHaveLength(expected.slept.length + 1);
  });

  test("not once more when the caller gives up in the wait", async () => {
    const { url, seen } = await serve(refuse(429, "TooManyRequests", "10"));
    const { transport, clock } = openTransport(url);
    const abort = new AbortController();
    const failure = failureOf(transport.request({ ...get, signal: abort.signal }));
    await until(() => seen.length === 1 && clock.pending === 1 && seen[0]?.complete === true);
    abort.abort("enough");
    expect(await failure).toBe("enough");
    expect(seen).toHaveLength(1);
  });
});

describe("an error", () => {
  test("never has the headers or the body of the request", async () => {
    const { url } = await serve(reset);
    const { transport } = openTransport(url);
    const failure = (await failureOf(
      transport.request({ ...write, path: "/api/v1/secrets", body: { data: "c2VjcmV0" } }),
    )) as KubeError;
    const told = `${failure.stack} ${JSON.stringify(failure)} ${String(failure.cause)}`;
    expect(told).not.toMatch(/token-0|c2VjcmV0/);
  });

  test("of an answer that is not JSON does not quote it", async () => {
    const { url } = await serve((_, response) => response.end("c2VjcmV0"));
    const { transport } = openTransport(url);
    const failure = await failureOf(transport.request(get));
    expect(failure).toMatchObject({ reason: "MalformedAnswer", message: "list pods: the answer is not JSON" });
  });

  test("tells when nobody listens", async () => {
    const { transport } = openTransport("http://127.0.0.1:1");
    expect(await failureOf(transport.request(get))).toMatchObject({ status: 0, reason: "ConnectionRefused" });
  });

  test("tells why there are no credentials", async () => {
    const config = { ...configOf("http://127.0.0.1:1"), credentials: () => Promise.reject(new Error("no such file")) };
    const { transport } = openTransport("http://127.0.0.1:1", { config });
    expect(await failureOf(transport.request(get))).toMatchObject({
      reason: "NoCredentials",
      message: "list pods: no credentials: no such file",
    });
  });
});
