import * as fc from "fast-check";
import { expect, it } from "vitest";

import type { RequestFault, StreamFault } from "../../test/support/fake-faults.ts";
import { InformerBench } from "../../test/support/informer-bench.ts";

type Step =
  | { do: "create" | "update" | "delete" | "recreate"; name: string }
  | { do: "disturb"; fault: StreamFault }
  | { do: "failWatch"; fault: RequestFault | StreamFault }
  | { do: "failList"; fault: RequestFault }
  | { do: "bookmark" | "compact" }
  | { do: "wait"; ms: number };

const anyName = fc.constantFrom("a", "b", "c");
const anyRequestFault = fc.constantFrom<RequestFault>(
  "hang",
  "reset",
  { status: 401, reason: "Unauthorized" },
  { status: 410, reason: "Gone" },
  { status: 429, reason: "TooManyRequests", retryAfter: 2 },
  { status: 500, reason: "InternalError" },
);
const anyStreamFault = fc.constantFrom<StreamFault>("end", "cut", "drop", "silence", "expire", "garble", "repeat");

/** Mostly changes and waits; faults of every kind between them. */
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom("create", "update", "delete", "recreate"), name: anyName }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.constantFrom(0, 100, 1000, 5000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("disturb"), fault: anyStreamFault }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("failWatch"), fault: fc.oneof(anyRequestFault, anyStreamFault) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("failList"), fault: anyRequestFault }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("bookmark", "compact") }) },
);

let writes = 0;

async function take(bench: InformerBench, step: Step): Promise<void> {
  switch (step.do) {
    case "create":
      return bench.has(step.name) ? undefined : bench.create(step.name);
    case "update":
      return bench.has(step.name) ? bench.update(step.name, { write: String(++writes) }) : undefined;
    case "delete":
      return bench.has(step.name) ? bench.delete(step.name) : undefined;
    case "recreate":
      if (bench.has(step.name)) bench.delete(step.name);
      return bench.create(step.name);
    case "disturb":
      return bench.server.disturb(step.fault);
    case "failWatch":
      return bench.server.fail("watch", step.fault);
    case "failList":
      return bench.server.fail("list", step.fault);
    case "bookmark":
      return bench.server.sendBookmarks();
    case "compact":
      return bench.server.compact();
    case "wait":
      return bench.clock.advance(step.ms);
  }
}

it("ends up equal to the server, by changes that follow from one another, whatever happens on the way", async () => {
  const anySteps = fc.array(anyStep, { maxLength: 60, size: "max" });
  await fc.assert(
    fc.asyncProperty(anySteps, fc.boolean(), fc.constantFrom(3, 1000), async (steps, opened, historyLimit) => {
      const bench = await InformerBench.create({ historyLimit });
      try {
        await (opened ? bench.open() : bench.start());
        for (const step of steps) await take(bench, step);
        await bench.passTimeUntil(() => bench.informer.hasSynced && bench.caughtUp);
        const { server, store, replayed } = bench.states;
        expect({ store, replayed }).toEqual({ store: server, replayed: server });
        expect(bench.replay.contradictions).toEqual([]);
      } finally {
        await bench.close();
      }
      expect(bench.clock.pending).toBe(0);
    }),
  );
}, 60_000);
