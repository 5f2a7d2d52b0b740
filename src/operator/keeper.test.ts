import { describe, expect, test } from "vitest";
import { ConfigMapShelf, refusal } from "../../test/support/config-map-shelf.ts";
import { learntState, seenWindow } from "../../test/support/learnt.ts";
import { stateText, type ForecastState } from "../forecast/state.ts";
import { configMapOf, ForecastStore } from "./forecast-store.ts";
import { Keeper } from "./keeper.ts";
import { PackedState } from "./packed-state.ts";

const DAY = 86_400_000;
const START = Date.parse("2027-01-12T08:00:00Z");
const owner = { name: "vat", namespace: "billing", uid: "a" };

function bench() {
  const shelf = new ConfigMapShelf();
  const keeper = (question = "rps") => new Keeper(new ForecastStore(shelf.client), owner, question);
  return { shelf, keeper };
}
const learnt = (overrides: Partial<ForecastState> = {}) =>
  new PackedState(learntState({ learntUntil: START, ...overrides }));

describe("what was learnt is written", () => {
  test.each<[string, PackedState, number]>([
    ["not again when nothing was learnt", learnt(), 1],
    ["not for some hours of usual load", learnt({ learntUntil: START + DAY - 1 }), 1],
    ["once a day", learnt({ learntUntil: START + DAY }), 2],
    ["when a window was learnt", learnt({ learntUntil: START + 1, windows: [seenWindow()] }), 2],
  ])("%s", async (_, next, writes) => {
    const { shelf, keeper } = bench();
    const one = keeper();
    await one.recall();
    await one.keep(learnt());
    await one.keep(next);
    expect(shelf.writes).toHaveLength(writes);
  });

  test("when a window that was in force is over", async () => {
    const { shelf, keeper } = bench();
    const one = keeper();
    const windows = [seenWindow({ deadline: START + 1_000 })];
    await one.recall();
    await one.keep(learnt({ windows }));
    await one.keep(learnt({ windows, learntUntil: START + 2_000 }));
    expect(shelf.writes).toEqual(["create vat-forecast", "apply vat-forecast"]);
  });

  test("not before it is known what is there", async () => {
    const { shelf, keeper } = bench();
    await keeper().keep(learnt());
    expect(shelf.writes).toEqual([]);
  });
});

describe("the next process", () => {
  test("has it again, and where the past was looked through, and writes nothing for that", async () => {
    const { shelf, keeper } = bench();
    const first = keeper();
    first.searched = { vat: 5 };
    await first.recall();
    await first.keep(learnt({ windows: [seenWindow()] }));
    const second = keeper();
    const recalled = await second.recall();
    expect(recalled?.unpack()).toEqual(learnt({ windows: [seenWindow()] }).unpack());
    expect(second.searched).toEqual({ vat: 5 });
    await second.keep(recalled!);
    expect(shelf.writes).toHaveLength(1);
  });

  test("that asks another query has the windows, and not the level", async () => {
    const { keeper } = bench();
    const first = keeper();
    await first.recall();
    await first.keep(learnt({ windows: [seenWindow()] }));
    const recalled = await keeper("other").recall();
    expect(recalled?.unpack()).toMatchObject({ highest: 0, windows: [{ period: "2026-12" }] });
    expect(recalled?.baseline).toBeUndefined();
  });
});

describe("a ConfigMap that is not ours", () => {
  test("is never written, told, and looked at again until it is gone", async () => {
    const { shelf, keeper } = bench();
    const object = configMapOf(owner, "{}");
    shelf.put({ ...object, metadata: { name: "vat-forecast", namespace: "billing" } });
    const one = keeper();
    expect(await one.recall()).toBeUndefined();
    await one.keep(learnt());
    expect(one.problem).toMatchObject({ reason: "StateUnusable" });
    expect(shelf.writes).toEqual([]);
    shelf.objects.clear();
    await one.recall();
    await one.keep(learnt());
    expect(one.problem).toBeUndefined();
    expect(shelf.writes).toEqual(["create vat-forecast"]);
  });
});

test("What cannot be written is told, and is tried again", async () => {
  const { shelf, keeper } = bench();
  const one = keeper();
  await one.recall();
  shelf.refusal = refusal(403, "Forbidden");
  await one.keep(learnt());
  expect(one.problem).toMatchObject({ reason: "StateNotKept", message: expect.stringContaining("Forbidden") });
  shelf.refusal = undefined;
  await one.recall();
  await one.keep(learnt());
  expect(one.problem).toBeUndefined();
  expect(shelf.writes).toHaveLength(1);
});

test("What somebody imported meanwhile is not written over, and is taken over", async () => {
  const { shelf, keeper } = bench();
  const one = keeper();
  await one.recall();
  await one.keep(learnt());
  const imported = learntState({ learntUntil: START, windows: [seenWindow({ peak: 9 })] });
  shelf.put(configMapOf(owner, stateText(imported)));
  await one.keep(learnt({ learntUntil: START + DAY }));
  expect(shelf.writes).toHaveLength(1);
  expect((await one.recall())?.windows).toHaveLength(1);
});

test("It is read again when somebody asks for it, and is news only when it is another", async () => {
  const { shelf, keeper } = bench();
  const one = keeper();
  await one.recall();
  await one.keep(learnt());
  one.refresh();
  expect(await one.recall()).toBeUndefined();
  shelf.put(configMapOf(owner, stateText(learntState())));
  expect(await one.recall()).toBeUndefined();
  one.refresh();
  expect(await one.recall()).toBeDefined();
});
