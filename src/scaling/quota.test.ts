import { describe, expect, it } from "vitest";
import { parseQuantity, podCost, quotaRoom, type Quota } from "./quota.ts";

describe("parseQuantity", () => {
  it.each([
    ["0", 0],
    ["2", 2],
    ["500m", 0.5],
    ["1.5", 1.5],
    [".5", 0.5],
    ["100u", 1e-4],
    ["5n", 5e-9],
    ["2k", 2_000],
    ["1Ki", 1_024],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["3M", 3e6],
    ["1T", 1e12],
    ["1Ei", 2 ** 60],
    ["1E", 1e18],
    ["1E3", 1_000],
    ["2e3", 2_000],
    ["1e-3", 0.001],
    ["-1", -1],
    [4, 4],
  ])("reads %j as %d", (text, expected) => {
    expect(parseQuantity(text)).toBeCloseTo(expected, 12);
  });

  it.each(["", "Gi", "1 Gi", "1ki", "1mi", "1ni", "1KB", "0x10", "NaN", "Infinity", "1.2.3"])("refuses %j", (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});

describe("podCost", () => {
  it("sums the containers, under both names of a request", () => {
    const container = { resources: { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "2Gi" } } };
    expect(podCost([container, container])).toEqual({
      pods: 1,
      "count/pods": 1,
      cpu: 0.5,
      "requests.cpu": 0.5,
      memory: 2 ** 31,
      "requests.memory": 2 ** 31,
      "limits.memory": 2 ** 32,
    });
  });

  it("takes a limit without a request for the request, as the API server does", () => {
    const cost = podCost([{ resources: { limits: { cpu: "2" } } }, { resources: { requests: { cpu: "1" } } }]);
    expect(cost).toMatchObject({ "requests.cpu": 3, cpu: 3, "limits.cpu": 2 });
  });

  it("is one pod where nothing is asked for", () => {
    expect(podCost([{}])).toEqual({ pods: 1, "count/pods": 1 });
  });
});

describe("quotaRoom", () => {
  const team: Quota = {
    name: "team",
    hard: { "requests.cpu": "10", pods: "50" },
    used: { "requests.cpu": "6", pods: "8" },
  };
  const cost = { pods: 1, "requests.cpu": 0.5 };

  it("adds what fits to what runs, and names the quota and the resource", () => {
    expect(quotaRoom([team], cost, 4)).toEqual({ replicas: 12, limitedBy: "team requests.cpu" });
  });

  it("takes the tightest of several quotas", () => {
    const pods: Quota = { name: "pods", hard: { "count/pods": "6" }, used: { "count/pods": "4" } };
    expect(quotaRoom([team, pods], { ...cost, "count/pods": 1 }, 4)).toEqual({
      replicas: 6,
      limitedBy: "pods count/pods",
    });
  });

  it("leaves no room, and takes none away, where more is used than allowed", () => {
    expect(quotaRoom([{ ...team, used: { "requests.cpu": "12" } }], cost, 4)?.replicas).toBe(4);
  });

  it("is not a replica short for what decimal fractions lose", () => {
    const quota: Quota = { name: "q", hard: { cpu: "0.3" }, used: { cpu: "0.2" } };
    expect(quotaRoom([quota], { cpu: 0.1 }, 2)?.replicas).toBe(3);
  });

  it("counts a resource that nothing of yet is used as free", () => {
    expect(quotaRoom([{ name: "q", hard: { pods: "5" }, used: {} }], { pods: 1 }, 0)?.replicas).toBe(5);
  });

  it.each([
    ["there is no quota", []],
    ["none counts what a pod costs", [{ name: "q", hard: { services: "3", "limits.cpu": "1" }, used: {} }]],
    ["its figure is no quantity", [{ name: "q", hard: { pods: "many" }, used: {} }]],
  ])("sets no limit where %s", (_, quotas) => {
    expect(quotaRoom(quotas, cost, 4)).toBeUndefined();
  });
});
