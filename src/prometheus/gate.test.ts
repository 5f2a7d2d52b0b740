import * as fc from "fast-check";
import { expect, it } from "vitest";
import { Gate } from "./gate.ts";

it("never lets more in than it has places, keeps the order, and loses nobody when some give up", async () => {
  const visitors = fc.array(fc.record({ stays: fc.nat(5), givesUpAfter: fc.option(fc.nat(5)) }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), visitors, async (places, all) => {
      const gate = new Gate(places);
      const entered: number[] = [];
      let inside = 0;
      const visit = async (index: number, stays: number, givesUpAfter: number | null): Promise<void> => {
        const giveUp = new AbortController();
        if (givesUpAfter !== null) void turns(givesUpAfter).then(() => giveUp.abort());
        const leave = await gate.enter(giveUp.signal).catch(() => undefined);
        if (!leave) return;
        entered.push(index);
        inside += 1;
        expect(inside).toBeLessThanOrEqual(places);
        await turns(stays);
        inside -= 1;
        leave();
      };
      await Promise.all(all.map(({ stays, givesUpAfter }, index) => visit(index, stays, givesUpAfter)));
      expect(entered).toEqual(entered.toSorted((a, b) => a - b));
      const patient = [...all.keys()].filter((index) => all[index]?.givesUpAfter === null);
      expect(entered).toEqual(expect.arrayContaining(patient));
      expect(gate.idle).toBe(true);
    }),
  );
});

/** Some turns of the microtask queue. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}
