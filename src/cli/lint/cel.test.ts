import { describe, expect, test } from "vitest";
import { evaluate, NotEvaluable, type CelValue } from "./cel.ts";

test.each<[string, CelValue, unknown]>([
  ["self.min <= self.max", { min: 2n, max: 3n }, true],
  ["self <= 0.5", 0.25, true],
  ["has(self.a) != has(self.b)", { a: 1n }, true],
  ["self.all(a, self.exists_one(b, b.name == a.name))", [{ name: "x" }, { name: "x" }], false],
  ["type(self) == int ? self >= 1 && self <= 31 : self == 'last'", 15n, true],
  ["type(self) == int ? self >= 1 && self <= 31 : self == 'last'", "last", true],
  ["type(self) == int ? self >= 1 && self <= 31 : self == 'last'", "15", false],
  ["self.matches(r'[^[:space:]]')", " ", false],
  ["int(self.replace('d', '')) * 24", "12d", 288n],
  [
    "'%s is %d%%, %s'.format([self.name, self.n, self.list])",
    { name: "a", n: 3n, list: ["x", "y (1)"] },
    'a is 3%, ["x", "y (1)"]',
  ],
])("%s of %o is %o", (expression, self, value) => {
  expect(evaluate(expression, self)).toEqual(value);
});

describe("what is not known here is told, not guessed", () => {
  test.each<[string, CelValue]>([
    ["self.isSorted()", [1n]],
    ["self.name.format", { name: "a" }],
    ["self.unknown == 1", {}],
    ["self.matches('(?i)a')", "A"],
    ["'%e'.format([self])", 1n],
    ["self +", 1n],
  ])("%s", (expression, self) => {
    expect(() => evaluate(expression, self)).toThrow(NotEvaluable);
  });
});
