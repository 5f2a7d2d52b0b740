import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import { readAuditLog, type AuditEvent } from "./audit-log.ts";

function event(id: string, overrides: Partial<AuditEvent> = {}): AuditEvent {
  return {
    auditID: id,
    stage: "ResponseComplete",
    requestURI: "/",
    verb: "get",
    user: { username: "ann" },
    objectRef: { resource: "pods", namespace: "a", name: "p" },
    requestReceivedTimestamp: "2027-01-01T00:00:00.000000Z",
    stageTimestamp: "2027-01-01T00:00:00.000000Z",
    ...overrides,
  };
}

function log(...lines: (AuditEvent | string)[]): string {
  const path = join(temporaryFolder(), "audit.log");
  writeFileSync(path, lines.map((line) => (typeof line === "string" ? line : `${JSON.stringify(line)}\n`)).join(""));
  return path;
}

test("a request that is logged at two stages counts once, with its last word", async () => {
  const path = log(event("w", { verb: "watch", stage: "ResponseStarted" }), event("w", { verb: "watch" }));
  expect(await readAuditLog(path)).toMatchObject([{ auditID: "w", stage: "ResponseComplete" }]);
});

test("requests come in the order in which they were received, not in that of their answers", async () => {
  const path = log(
    event("late", { requestReceivedTimestamp: "2027-01-01T00:00:02.000000Z" }),
    event("early", { requestReceivedTimestamp: "2027-01-01T00:00:01.000000Z" }),
  );
  expect((await readAuditLog(path)).map(({ auditID }) => auditID)).toEqual(["early", "late"]);
});

test.each([
  [{}, ["1", "2", "3"]],
  [{ user: "bob" }, ["2"]],
  [{ verb: "get" }, ["1", "2"]],
  [{ verb: ["get", "patch"] }, ["1", "2", "3"]],
  [{ resource: "deployments" }, ["3"]],
  [{ resource: "deployments", subresource: "scale" }, ["3"]],
  [{ namespace: "a", name: "p", user: "ann" }, ["1"]],
])("the filter %j keeps %j", async (filter, ids) => {
  const scale = { resource: "deployments", subresource: "scale", namespace: "b", name: "d" };
  const path = log(
    event("1"),
    event("2", { user: { username: "bob" } }),
    event("3", { verb: "patch", objectRef: scale }),
  );
  expect((await readAuditLog(path, filter)).map(({ auditID }) => auditID)).toEqual(ids);
});

test("a line that is still being written is left for the next reading", async () => {
  expect(await readAuditLog(log(event("1"), '{"auditID":"2","sta'))).toHaveLength(1);
});
