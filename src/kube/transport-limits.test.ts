import { describe, expect, test } from "vitest";

import { hang, ok, refuse, serve } from "../../test/support/scripted-server.ts";
import {
  configOf,
  failureOf,
  get,
  openTransport,
  Sleepless,
  until,
  write,
} from "../../test/support/transport-fixture.ts";
import { KubeError } from "./errors.ts";

describe("giving up", () => {
  test("comes after 15 s without an answer", async () => {
    const { url, seen } = await serve(hang);
    const { transport, clock } = openTransport(url);
    const failure = failureOf(transport.request(get));
    await until(() => seen.length === 1);
    await clock.advance(15_000);
    expect(await failure).toMatchObject({
      status: 0,
      reason: "Timeout",
      message: "list pods: no answer within 15 s",
    });
    expect(clock.pending).toBe(0);
  });

  test("comes when the body stops in the middle, after the time that the caller allows", async () => {
    const { url, seen } = await serve((_, response) => response.write('{"items":['));
    const { transport, clock } = openTransport(url);
    const failure = failureOf(transport.request({ ...get, timeoutMs: 60_000 }));
    await until(() => seen.length === 1);
    await clock.advance(60_000);
    expect(await failure).toMatchObject({ reason: "Timeout" });
  });

  test("comes when no credentials come", async () => {
    const { url } = await serve(ok);
    const config = { ...configOf(url), credentials: () => new Promise<never>(() => undefined) };
    const { transport, clock } = openTransport(url, { config });
    const failure = failureOf(transport.request(get));
    await clock.advance(15_000);
    expect(await failure).toMatchObject({ reason: "Timeout" });
  });

  test("on the caller's wish rejects with the caller's reason", async () => {
    const { url, seen } = await serve(hang);
    const { transport } = openTransport(url);
    const abort = new AbortController();
    const failure = failureOf(transport.request({ ...get, signal: abort.signal }));
    await until(() => seen.length === 1);
    const reason = new Error("shutting down");
    abort.abort(reason);
    expect(await failure).toBe(reason);
  });
});

describe("the guard of a write", () => {
  const notLeader = new KubeError("held back", { status: 0, reason: "NotLeader" });

  test("stops it before a byte leaves", async () => {
    const { url, seen } = await serve(ok);
    const { transport } = openTransport(url);
    const beforeSend = (): never => {
      throw notLeader;
    };
    expect(await failureOf(transport.request({ ...write, beforeSend }))).toBe(notLeader);
    // The connection is fit for the next request.
    await transport.request(get);
    expect(seen.map((request) => request.method)).toEqual(["GET"]);
  });

  test("is asked after the wait for a free connection, not before", async () => {
    const waiting: (() => void)[] = [];
    const { url, seen } = await serve((request, response) => waiting.push(() => ok(request, response)));
    const { transport } = openTransport(url);
    const busy = Array.from({ length: 16 }, () => transport.request(get));
    await until(() => waiting.length === 16);
    let leading = true;
    const beforeSend = (): void => {
      if (!leading) throw notLeader;
    };
    const held = failureOf(transport.request({ ...write, beforeSend }));
    await new Promise((resolve) => setImmediate(resolve));
    leading = false;
    for (const answer of waiting) answer();
    await Promise.all(busy);
    expect(await held).toBe(notLeader);
    expect(seen).toHaveLength(16);
  });

  test("is asked again before each repetition", async () => {
    const { url, seen } = await serve(refuse(429, "TooManyRequests", "1"), ok);
    const { transport } = openTransport(url, { clock: new Sleepless() });
    let asked = 0;
    const beforeSend = (): void => {
      asked += 1;
      if (asked === 2) throw notLeader;
    };
    expect(await failureOf(transport.request({ ...write, beforeSend }))).toBe(notLeader);
    expect(seen).toHaveLength(1);
  });
});

describe("a stream", () => {
  const watch = { path: "/api/v1/pods", query: { watch: "true" }, doing: "watch pods" };

  test("hands on what comes, and has no time limit once it is accepted", async () => {
    let send: ((chunk: string) => void) | undefined;
    const { url } = await serve((_, response) => {
      response.flushHeaders();
      send = (chunk) => response.write(chunk);
    });
    const { transport, clock } = openTransport(url);
    const { signal } = new AbortController();
    const stream = (await transport.stream({ ...watch, signal }))[Symbol.asyncIterator]();
    expect(clock.pending).toBe(0);
    send?.("one");
    expect(Buffer.from((await stream.next()).value as Uint8Array).toString()).toBe("one");
    await stream.return?.();
  });

  test("is refused like a request", async () => {
    const { url, seen } = await serve(refuse(401, "Unauthorized"), refuse(410, "Expired"));
    const { transport } = openTransport(url);
    const { signal } = new AbortController();
    expect(await failureOf(transport.stream({ ...watch, signal }))).toMatchObject({ status: 410, reason: "Expired" });
    expect(seen).toHaveLength(2);
  });

  test("that the server never accepts is given up after 15 s", async () => {
    const { url, seen } = await serve(hang);
    const { transport, clock } = openTransport(url);
    const { signal } = new AbortController();
    const failure = failureOf(transport.stream({ ...watch, signal }));
    await until(() => seen.length === 1);
    await clock.advance(15_000);
    expect(await failure).toMatchObject({ reason: "Timeout" });
  });

  test("ends with the caller's reason when the caller aborts, and closes its connection", async () => {
    const { url, seen } = await serve((_, response) => response.flushHeaders());
    const { transport } = openTransport(url);
    const abort = new AbortController();
    const stream = (await transport.stream({ ...watch, signal: abort.signal }))[Symbol.asyncIterator]();
    const failure = failureOf(stream.next());
    abort.abort("done");
    expect(await failure).toBe("done");
    await until(() => seen[0]?.socket.destroyed === true);
  });

  test("that is cut is a ConnectionReset", async () => {
    const { url, seen } = await serve((_, response) => response.flushHeaders());
    const { transport } = openTransport(url);
    const { signal } = new AbortController();
    const stream = (await transport.stream({ ...watch, signal }))[Symbol.asyncIterator]();
    seen[0]?.socket.destroy();
    expect(await failureOf(stream.next())).toMatchObject({ reason: "ConnectionReset" });
  });

  test("takes no connection away from requests", async () => {
    const { url } = await serve((request, response) => {
      if (request.url?.includes("watch")) response.flushHeaders();
      else ok(request, response);
    });
    const { transport } = openTransport(url);
    const abort = new AbortController();
    await Promise.all(Array.from({ length: 20 }, () => transport.stream({ ...watch, signal: abort.signal })));
    expect(await transport.request(get)).toEqual({ kind: "Pod" });
    abort.abort();
  });
});

test("a closed transport fails what runs and what comes", async () => {
  const { url, seen } = await serve(hang);
  const { transport } = openTransport(url);
  const running = failureOf(transport.request(write));
  await until(() => seen.length === 1);
  await transport.close();
  expect(await running).toBeInstanceOf(KubeError);
  expect(await failureOf(transport.request(write))).toMatchObject({
    message: "apply pods a: the transport is closed",
  });
});
