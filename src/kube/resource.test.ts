import { describe, expect, test } from "vitest";

import { apiVersionOf, describe as tell, deployments, keyOf, namespaces, pathOf, pods } from "./resource.ts";

describe("pathOf", () => {
  test.each([
    ["a core object", pathOf(pods, { namespace: "billing", name: "a" }), "/api/v1/namespaces/billing/pods/a"],
    ["a core collection in one namespace", pathOf(pods, { namespace: "billing" }), "/api/v1/namespaces/billing/pods"],
    ["a collection in all namespaces", pathOf(deployments), "/apis/apps/v1/deployments"],
    [
      "a subresource",
      pathOf(deployments, { namespace: "billing", name: "a" }, "scale"),
      "/apis/apps/v1/namespaces/billing/deployments/a/scale",
    ],
    ["an object without a namespace", pathOf(namespaces, { name: "billing" }), "/api/v1/namespaces/billing"],
    ["a name that needs escaping", pathOf(namespaces, { name: "a/b" }), "/api/v1/namespaces/a%2Fb"],
  ])("gives %s", (_, path, expected) => {
    expect(path).toBe(expected);
  });

  test("refuses an object whose kind needs a namespace and that has none", () => {
    expect(() => pathOf(pods, { name: "a" })).toThrow("pods a: a namespace is needed");
  });
});

test("a key is namespace/name, or the name alone, for a reference and for an object", () => {
  expect(keyOf({ namespace: "billing", name: "a" })).toBe("billing/a");
  expect(keyOf({ metadata: { name: "a" } })).toBe("a");
});

test("the core group has no name in apiVersion", () => {
  expect([apiVersionOf(pods), apiVersionOf(deployments)]).toEqual(["v1", "apps/v1"]);
});

test("what is being done is told with the subresource and the object", () => {
  expect(tell("apply", deployments, { namespace: "billing", name: "a" }, "scale")).toBe(
    "apply deployments/scale billing/a",
  );
  expect(tell("list", deployments)).toBe("list deployments");
  expect(tell("list", pods, { namespace: "billing" })).toBe("list pods billing");
});
