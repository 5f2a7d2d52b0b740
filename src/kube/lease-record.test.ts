import { describe, expect, test } from "vitest";

import { claim, disclaim, LeaseWatch } from "./lease-record.ts";

const now = Date.parse("2027-01-15T10:00:00.123Z");
const us = { identity: "us", durationMs: 15_000, now };

describe("claim", () => {
  test("of a new lease begins with no transitions and times of six digits", () => {
    expect(claim(undefined, us)).toEqual({
      holderIdentity: "us",
      leaseDurationSeconds: 15,
      acquireTime: "2027-01-15T10:00:00.123000Z",
      renewTime: "2027-01-15T10:00:00.123000Z",
      leaseTransitions: 0,
    });
  });

  test("of our own lease keeps when it was acquired and counts no transition", () => {
    const ours = { ...claim(undefined, us), leaseTransitions: 4 };
    const renewed = claim(ours, { ...us, now: now + 2000 });
    expect(renewed).toMatchObject({ acquireTime: ours.acquireTime, leaseTransitions: 4 });
    expect(renewed.renewTime).toBe("2027-01-15T10:00:02.123000Z");
  });

  test.each(["them", ""])("of a lease held by %j counts one transition", (holderIdentity) => {
    const claimed = claim({ holderIdentity, leaseTransitions: 4, acquireTime: "2020-01-01T00:00:00.000000Z" }, us);
    expect(claimed).toMatchObject({ leaseTransitions: 5, acquireTime: claimed.renewTime });
  });

  test("keeps fields that it does not know", () => {
    expect(claim({ strategy: "OldestEmulationVersion" }, us)).toMatchObject({ strategy: "OldestEmulationVersion" });
  });
});

test("disclaim leaves nobody as holder for one second", () => {
  const released = disclaim({ ...claim(undefined, us), leaseTransitions: 4 }, now);
  expect(released).toMatchObject({ holderIdentity: "", leaseDurationSeconds: 1, leaseTransitions: 4 });
});

describe("another holder's lease", () => {
  const record = { holderIdentity: "them", leaseDurationSeconds: 60, renewTime: "1999-01-01T00:00:00.000000Z" };

  test("ends its own duration after its record changed last, whatever its clock says", () => {
    const watch = new LeaseWatch(15_000);
    watch.observe(record, 1000);
    watch.observe({ ...record }, 5000);
    expect(watch.expiresAt).toBe(61_000);
    watch.observe({ ...record, renewTime: "1998-01-01T00:00:00.000000Z" }, 30_000);
    expect(watch.expiresAt).toBe(90_000);
  });

  test("without a duration lasts as long as ours would", () => {
    const watch = new LeaseWatch(15_000);
    watch.observe({ holderIdentity: "them" }, 1000);
    expect(watch.expiresAt).toBe(16_000);
  });
});
