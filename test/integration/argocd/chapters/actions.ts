import { describe, expect, test, vi } from "vitest";
import { PAUSED, PREWARM } from "../../../../src/operator/annotations.ts";
import { deployment, floorOf } from "../../ownership/manifests.ts";
import { applicationOf } from "../applications.ts";
import { LONG, SOON, type Ground } from "../ground.ts";
import { service } from "../objects.ts";

const objects = (floor: number): object[] => [deployment("acted"), service("acted", floorOf(floor))];

export function actions(here: () => Ground): void {
  const standsAt = (replicas: number): Promise<void> =>
    vi.waitFor(async () => expect(await here().replicasOf("acted")).toBe(replicas), SOON);

  describe("actions, by Argo CD's API", () => {
    test("pause suspends, also over the next sync, and resume ends it", LONG, async () => {
      await here().commit("acted", objects(3));
      await here().apply(applicationOf("acted"));
      await here().becomes("acted", "Synced", "Healthy");
      await standsAt(3);

      await here().act("acted", "pause", { minutes: "30" });
      await here().told("acted", "FloorApplied", "False", "Paused");
      await here().becomes("acted", "Synced", "Suspended");
      await here().commit("acted", objects(4));
      await vi.waitFor(async () => expect((await here().service("acted")).spec.events?.[0]?.replicas).toBe(4), SOON);
      await here().becomes("acted", "Synced", "Suspended");
      expect(await here().annotationsOf("acted")).toHaveProperty([PAUSED]);
      expect(await here().replicasOf("acted")).toBe(3);

      await here().act("acted", "resume");
      await standsAt(4);
      await here().becomes("acted", "Synced", "Healthy");
      expect(await here().annotationsOf("acted")).not.toHaveProperty([PAUSED]);
    });

    test("prewarm holds so many replicas until it ends by itself", LONG, async () => {
      await here().act("acted", "prewarm", { replicas: "6", minutes: "1" });
      await standsAt(6);
      await here().becomes("acted", "Synced", "Healthy");
      expect((await here().annotationsOf("acted"))[PREWARM]).toMatch(/^6 until /);
      await standsAt(4);
      await here().becomes("acted", "Synced", "Healthy");
    });

    test("refresh and rotate leave everything else as it is", LONG, async () => {
      const { spec } = await here().service("acted");
      for (const action of ["refresh", "rotate"]) {
        await here().act("acted", action);
        expect(await here().annotationsOf("acted")).toHaveProperty([`invoiceops.dev/${action}`]);
      }
      await here().becomes("acted", "Synced", "Healthy");
      expect((await here().service("acted")).spec).toEqual(spec);
      expect(await here().replicasOf("acted")).toBe(4);
    });

    test("what makes no sense is refused in words, and changes nothing", LONG, async () => {
      const before = await here().annotationsOf("acted");
      await expect(here().act("acted", "pause", { minutes: "forever" })).rejects.toThrow(/give a whole number/);
      expect(await here().annotationsOf("acted")).toEqual(before);
    });
  });
}
