import { describe, expect, it } from "vitest";
import { windowsOf } from "../../src/calendar/windows.ts";
import { elsewhere, inAHurry, readExample, small } from "./manifests.ts";
import { lifelike } from "./tempo.ts";

const OPENS = Date.parse("2027-03-03T12:57:31Z");
const window = { opens: OPENS, deadline: OPENS + 360_000 };
const hurried = inAHurry(readExample(), window, lifelike, "http://127.0.0.1:9090");

describe("the example in a hurry", () => {
  it("has the window at its second, and another one weeks later", () => {
    const { windows, problems } = windowsOf(
      { openTime: "00:00", closeTime: "24:00", ...hurried.calendar.spec },
      "vat",
      { from: OPENS - 1, to: OPENS + 60 * 86_400_000 },
    );
    expect(problems).toEqual([]);
    expect(windows).toHaveLength(2);
    expect(windows[0]).toMatchObject(window);
  });

  it("keeps what the example says about capacity, and gives it back within seconds", () => {
    const { scaling, prometheus } = hurried.service.spec;
    expect(prometheus).toEqual({ url: "http://127.0.0.1:9090" });
    expect(scaling).toMatchObject({ minReplicas: 8, perReplica: 500, release: { grace: "30s", every: "20s" } });
    expect(hurried.autoscaler.spec?.behavior).toEqual({ scaleDown: { stabilizationWindowSeconds: 60 } });
  });
});

it("elsewhere everything is in the other namespace, and follows the other calendar", () => {
  const moved = elsewhere(hurried, { namespace: "demo", calendar: "demo-calendar" });
  const { deployment, autoscaler, calendar, service } = moved;
  expect([deployment, autoscaler, service].map(({ metadata }) => metadata.namespace)).toEqual(["demo", "demo", "demo"]);
  expect(calendar.metadata).toEqual({ name: "demo-calendar" });
  expect(service.spec.calendars).toEqual([{ name: "demo-calendar" }]);
  expect(service.spec.demand.select).toEqual({ namespace: "demo", service: "vat-api" });
});

it("small pods ask for next to nothing and are the same otherwise", () => {
  const { deployment } = readExample();
  const [container] = small(deployment, "pause").spec!.template.spec!.containers;
  expect(container).toEqual({
    ...deployment.spec!.template.spec!.containers[0],
    image: "pause",
    resources: { requests: { cpu: "1m", memory: "8Mi" }, limits: { memory: "32Mi" } },
  });
});
