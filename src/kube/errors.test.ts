import { describe, expect, test } from "vitest";

import {
  answerError,
  isAlreadyExists,
  isConflict,
  isForbidden,
  isGone,
  isInvalid,
  isNotFound,
  isNotLeader,
  isRetriable,
  isUnauthorized,
  KubeError,
  networkError,
} from "./errors.ts";

const SECRET = "czNjcjN0LXZhbHVl";
const apply = { doing: "apply deployments billing/a", path: "/apis/apps/v1/namespaces/billing/deployments/a" };
const applySecret = { doing: "apply secrets billing/tls", path: "/api/v1/namespaces/billing/secrets/tls" };

function status(code: number, reason: string, message: string, details: object = {}): string {
  return JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message, details });
}

function answered(code: number, text: string, request = apply): KubeError {
  return answerError(request, { status: code, contentType: "application/json", text });
}

describe("an answer of the server", () => {
  test("becomes a message that begins with what was being done", () => {
    const error = answered(404, status(404, "NotFound", 'deployments.apps "a" not found', { name: "a" }));
    expect(error.message).toBe('apply deployments billing/a: deployments.apps "a" not found');
    expect(error).toMatchObject({ name: "KubeError", status: 404, reason: "NotFound", details: { name: "a" } });
  });

  test("that is not a Status is told by its kind, never by its content", () => {
    const error = answerError(apply, { status: 503, contentType: "text/html", text: `<p>${SECRET}</p>` });
    expect(error.message).toBe("apply deployments billing/a: HTTP 503 with text/html instead of a Status");
    expect(error.reason).toBe("ServiceUnavailable");
  });

  test("to an apply that does not fit the schema is Invalid, though the server calls it 500", () => {
    const message = "failed to create typed patch object (billing/a): .spec.replica: field not declared in schema";
    const error = answered(500, JSON.stringify({ kind: "Status", code: 500, message }));
    expect(error.reason).toBe("Invalid");
    expect([isInvalid(error), isRetriable(error)]).toEqual([true, false]);
  });

  test.each([
    ["the header", "7", status(429, "TooManyRequests", "slow down", { retryAfterSeconds: 3 }), 7000],
    ["the Status", undefined, status(429, "TooManyRequests", "slow down", { retryAfterSeconds: 3 }), 3000],
    ["nowhere", undefined, "", undefined],
    ["a date in the header, which is not used,", "Wed, 21 Oct 2026 07:28:00 GMT", "", undefined],
  ])("carries the time to wait from %s", (_, retryAfter, text, expected) => {
    const error = answerError(apply, { status: 429, contentType: "application/json", retryAfter, text });
    expect(error.retryAfterMs).toBe(expected);
  });
});

describe("a refused Secret", () => {
  const quoting = `.data.tls.key: expected string, got &value.valueUnstructured{Value:"${SECRET}"}`;
  const details = { causes: [{ reason: "FieldValueInvalid", message: quoting, field: "data.tls.key" }] };

  test.each([400, 422, 500])("with HTTP %d is told by reason and field names only", (code) => {
    const error = answered(code, status(code, "Invalid", quoting, details), applySecret);
    expect(error.message).toBe("apply secrets billing/tls: Invalid data.tls.key");
    expect(JSON.stringify([error.message, error.details])).not.toContain(SECRET);
  });

  test("keeps the server's words where they quote no values", () => {
    const error = answered(409, status(409, "Conflict", 'conflict with "kubectl": .data.tls.key'), applySecret);
    expect(error.message).toContain('conflict with "kubectl": .data.tls.key');
  });

  test("does not hush other kinds", () => {
    expect(answered(422, status(422, "Invalid", "spec.replicas: too many")).message).toContain("too many");
  });
});

describe("a failure of the network", () => {
  test.each([
    ["ECONNREFUSED", "ConnectionRefused"],
    ["ECONNRESET", "ConnectionReset"],
    ["UND_ERR_SOCKET", "ConnectionReset"],
    ["ENOTFOUND", "NameNotResolved"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "CertificateRefused"],
    ["EHOSTUNREACH", "Unreachable"],
  ])("%s has the reason %s", (code, reason) => {
    const cause = Object.assign(new Error(`connect ${code} 10.0.0.1:443`), { code });
    const error = networkError("get pods billing/a", cause);
    expect(error).toMatchObject({ status: 0, reason, cause });
    expect(error.message).toBe(`get pods billing/a: connect ${code} 10.0.0.1:443`);
  });

  test("over several addresses speaks with the first one's words", () => {
    const first = Object.assign(new Error("connect ECONNREFUSED ::1:443"), { code: "ECONNREFUSED" });
    const error = networkError("get pods billing/a", new AggregateError([first, new Error("other")]));
    expect(error).toMatchObject({ reason: "ConnectionRefused", message: expect.stringContaining("::1:443") });
  });
});

function of(code: number, reason: string): KubeError {
  return new KubeError("x", { status: code, reason });
}

describe("predicates", () => {
  test.each([
    ["isNotFound", isNotFound, of(404, "NotFound")],
    ["isConflict", isConflict, of(409, "Conflict")],
    ["isAlreadyExists", isAlreadyExists, of(409, "AlreadyExists")],
    ["isGone", isGone, of(410, "Expired")],
    ["isForbidden", isForbidden, of(403, "Forbidden")],
    ["isUnauthorized", isUnauthorized, of(401, "Unauthorized")],
    ["isInvalid", isInvalid, of(422, "Invalid")],
    ["isInvalid", isInvalid, of(400, "BadRequest")],
    ["isNotLeader", isNotLeader, of(0, "NotLeader")],
    ["isRetriable", isRetriable, of(0, "ConnectionReset")],
    ["isRetriable", isRetriable, of(429, "TooManyRequests")],
    ["isRetriable", isRetriable, of(504, "Timeout")],
  ])("%s knows its error and no other", (_, predicate, error) => {
    expect(predicate(error)).toBe(true);
    expect(predicate(of(418, "Teapot"))).toBe(false);
    expect(predicate(new Error("other"))).toBe(false);
  });

  test("an existing object is no conflict, and a held-back write is not to be repeated", () => {
    expect(isConflict(of(409, "AlreadyExists"))).toBe(false);
    expect(isRetriable(of(0, "NotLeader"))).toBe(false);
  });
});
