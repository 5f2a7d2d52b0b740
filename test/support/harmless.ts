import assert from "node:assert/strict";
import type { AuditEvent } from "../../dev/cluster/audit-log.ts";
import type { NamespaceView } from "./namespace-view.ts";

interface Limits {
  /** What every count of every Deployment must have lain in. */
  bounds: readonly [least: number, most: number];
  /** Plurals that the operator may have been refused. */
  refused: readonly string[];
}

/** Holds the operator to what is true in every field case: `requests` are all of its requests, from the audit log. */
export function assertHarmless(view: NamespaceView, requests: readonly AuditEvent[], limits: Limits): void {
  const [least, most] = limits.bounds;
  for (const name of view.deployments.names) {
    for (const { replicas } of view.counts(name)) {
      assert.ok(Number.isInteger(replicas) && replicas >= least && replicas <= most, `${name}: ${replicas} replicas`);
    }
  }
  assert.ok(requests.length > 0, "the audit log has the requests");
  const refused = requests.filter(({ responseStatus }) => responseStatus?.code === 403);
  const unexpected = refused.filter(({ objectRef }) => !limits.refused.includes(objectRef?.resource ?? ""));
  assert.deepEqual(unexpected, [], "no right is missing");
  const withNull = requests.filter(({ requestObject }) => hasNull(requestObject));
  assert.deepEqual(withNull, [], "no write has a null");
}

function hasNull(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.values(value).some(hasNull));
}
