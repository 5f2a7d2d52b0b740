import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DelayHeap } from "./delay-heap.ts";

const key = fc.nat(30).map(String);
const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ key, at: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ key, at: fc.constant("removed" as const) }) },
);

test("keys come out in the order of their earliest times, whatever was put in and taken out between", () =>
  fc.assert(
    fc.property(fc.array(change, { maxLength: 100, size: "max" }), (changes) => {
      const heap = new DelayHeap();
      const model = new Map<string, number>();
      for (const { key: name, at } of changes) {
        if (at === "removed") heap.remove(name);
        else heap.put(name, at);
        if (at === "removed") model.delete(name);
        else model.set(name, Math.min(at, model.get(name) ?? Infinity));
        expect(heap.earliest).toBe(model.size > 0 ? Math.min(...model.values()) : undefined);
      }
      const times: (number | undefined)[] = [];
      for (let due = heap.takeDue(1000); due !== undefined; due = heap.takeDue(1000)) times.push(model.get(due));
      expect(times).toEqual([...model.values()].toSorted((a, b) => a - b));
      expect(heap.size).toBe(0);
    }),
  ));

test("nothing is due before its time", () => {
  const heap = new DelayHeap();
  heap.put("a", 10);
  expect(heap.takeDue(9)).toBeUndefined();
  expect(heap.takeDue(10)).toBe("a");
});

test("clearing leaves nothing behind", () => {
  const heap = new DelayHeap();
  heap.put("a", 10);
  heap.clear();
  expect(heap.takeDue(10)).toBeUndefined();
  heap.put("a", 20);
  expect(heap.earliest).toBe(20);
});
