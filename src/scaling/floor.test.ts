import { describe, expect, it } from "vitest";
import { Looks, START } from "../../test/support/floor-looks.ts";
import { LiveField } from "../../test/support/live-field.ts";
import { afterWrite, decideFloor, keptOff, type FloorMemory, type Write } from "./floor.ts";
import type { TargetKind } from "./target.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const kinds: TargetKind[] = ["HorizontalPodAutoscaler", "ScaledObject", "Scale"];

describe.each(kinds)("the floor on a %s", (kind) => {
  it("is written once and then stands", () => {
    const looks = new Looks(new LiveField(kind, 2), 12);
    expect(looks.look()).toMatchObject({ applied: true, reason: "Applied" });
    expect(looks.look(MINUTE)).toMatchObject({ applied: true, reason: "Applied" });
    expect(looks.writes).toEqual([12]);
    expect(looks.field.value).toBe(12);
  });

  it("is noted beside its base on an autoscaler, and on nothing else", () => {
    const { write } = new Looks(new LiveField(kind, 2), 12).look();
    expect(write).toEqual(kind === "Scale" ? { value: 12 } : { value: 12, base: 2 });
  });

  it("is counted from the first look of a new process", () => {
    const looks = new Looks(new LiveField(kind, 2), 12);
    looks.look();
    looks.restart();
    looks.look(MINUTE);
    looks.field.update("kubectl-edit", 2);
    expect(looks.look(MINUTE).reason).toBe("Applied");
    looks.field.update("kubectl-edit", 2);
    expect(looks.look(MINUTE).reason).toBe("Contested");
    expect(looks.writes).toEqual([12, 12]);
  });

  it("is not taken for reset where a write went through although its answer was lost", () => {
    const looks = new Looks(new LiveField(kind, 2), 12);
    looks.look();
    looks.field.write({ value: 16, base: 2 });
    looks.wanted = 20;
    looks.look(MINUTE);
    expect(looks.memory).toMatchObject({ resets: [], lastOurs: 20 });
  });

  it("follows the plan up and down", () => {
    const looks = new Looks(new LiveField(kind, 2), 12);
    for (const wanted of [12, 20, 16, 16]) {
      looks.wanted = wanted;
      expect(looks.look(MINUTE).reason).toBe("Applied");
    }
    expect(looks.writes).toEqual([12, 20, 16]);
  });

  it("raises again after one reset (B35a)", () => {
    const looks = new Looks(new LiveField(kind, 2), 12);
    looks.look();
    looks.field.update("kubectl-edit", 1);
    expect(looks.look(MINUTE)).toMatchObject({ applied: true, write: { value: 12 } });
    expect(looks.memory).toEqual({ of: "1", resets: [START + MINUTE], lastOurs: 12 });
  });

  it("stops after two resets within ten minutes, and names who did them (B35b)", () => {
    const looks = new Looks(new LiveField(kind, 2), 12);
    looks.look();
    const reasons = Array.from({ length: 15 }, () => {
      looks.field.update("argocd-controller", 2);
      return looks.look(20 * SECOND).reason;
    });
    expect(reasons).toEqual(["Applied", ...Array(14).fill("Contested")]);
    expect(looks.writes).toEqual([12, 12]);
    expect(looks.memory.contest).toEqual({
      manager: "argocd-controller",
      since: START + 40 * SECOND,
      generation: 1,
      cause: "Resets",
    });
  });

  it("does not stop for two resets that lie eleven minutes apart", () => {
    const looks = new Looks(new LiveField(kind, 2), 12);
    looks.look();
    for (let count = 0; count < 5; count += 1) {
      looks.field.update("kubectl-edit", 2);
      expect(looks.look(11 * MINUTE).reason).toBe("Applied");
    }
    expect(looks.writes).toEqual(Array(6).fill(12));
  });

  it.each([
    ["at nine minutes and 59 seconds", 10 * MINUTE - SECOND, "Contested"],
    ["at ten minutes", 10 * MINUTE, "Applied"],
  ])("counts a second reset %s as %s", (_, apart, reason) => {
    const looks = new Looks(new LiveField(kind, 2), 12);
    looks.look();
    looks.field.update("kubectl-edit", 2);
    looks.look(MINUTE);
    looks.field.update("kubectl-edit", 2);
    expect(looks.look(apart).reason).toBe(reason);
  });

  it("counts a reset once, however long the write after it fails", () => {
    const looks = new Looks(new LiveField(kind, 2), 12);
    looks.look();
    looks.field.update("kubectl-edit", 2);
    const target = looks.field.target();
    const base = { replicas: 2, raised: false };
    let { memory } = looks;
    for (let count = 0; count < 5; count += 1) {
      const decision = decideFloor({
        now: looks.now + count * MINUTE,
        target,
        wanted: 12,
        base,
        takeOver: false,
        generation: 1,
        memory,
      });
      expect(decision.reason).toBe("Applied");
      ({ memory } = decision);
    }
    expect(memory.resets).toHaveLength(1);
  });

  it("does not take what another one has set to our number for a reset", () => {
    const looks = new Looks(new LiveField(kind, 2), 12);
    looks.look();
    looks.field.apply("argocd-controller", 12);
    expect(looks.look(MINUTE)).toMatchObject({ applied: true, reason: "Applied" });
    expect(looks.memory.resets).toEqual([]);
  });

  it("stops at once where an Apply owner holds another value", () => {
    const looks = new Looks(
      new LiveField(kind, 2, { owner: { manager: "kustomize-controller", operation: "Apply" } }),
      12,
    );
    expect(looks.look()).toMatchObject({ applied: false, reason: "Contested" });
    expect(looks.look(60 * MINUTE).reason).toBe("Contested");
    expect(looks.writes).toEqual([]);
  });

  it("takes it from an Apply owner with takeOver, and stops after two resets all the same", () => {
    const looks = new Looks(
      new LiveField(kind, 2, { owner: { manager: "kustomize-controller", operation: "Apply" } }),
      12,
    );
    looks.options = { takeOver: true };
    expect(looks.look().reason).toBe("Applied");
    looks.field.apply("kustomize-controller", 2);
    expect(looks.look(MINUTE).reason).toBe("Applied");
    looks.field.apply("kustomize-controller", 2);
    expect(looks.look(MINUTE).reason).toBe("Contested");
    expect(looks.look(60 * MINUTE).reason).toBe("Contested");
    expect(looks.writes).toEqual([12, 12]);
  });

  it("says what to do about a contest", () => {
    const looks = new Looks(
      new LiveField(kind, 2, { owner: { manager: "argocd-controller", operation: "Apply" } }),
      12,
    );
    const { message } = looks.look();
    const { object, path } = looks.field.target();
    const field = path.join(".");
    expect(message).toContain(
      `${field} of ${object.kind}/vat-api is held at 2 by argocd-controller, 12 are recommended`,
    );
    expect(message).toContain(`leave ${field} out of the manifest in Git`);
    expect(message).toContain(`kind: ${object.kind}, jsonPointers: [/${path.join("/")}]`);
  });

  it("raises what stands in a manifest, and says how to take it out there", () => {
    const field = new LiveField(kind, 2);
    field.clientApply(3);
    const looks = new Looks(field, 12);
    const first = looks.look();
    expect(first).toMatchObject({ applied: true, reason: "DeclaredElsewhere", write: { value: 12 } });
    expect(first.message).toContain("the manifest of kubectl-client-side-apply");
    expect(first.message).toContain("kubectl apply edit-last-applied");
    expect(looks.look(MINUTE)).toMatchObject({ reason: "DeclaredElsewhere", message: first.message });
    expect(looks.writes).toEqual([12]);
    field.annotations["kubectl.kubernetes.io/last-applied-configuration"] = "{}";
    expect(looks.look(MINUTE).reason).toBe("Applied");
  });

  it("keeps saying that Helm declares it, although the field is ours by then", () => {
    const looks = new Looks(new LiveField(kind, 2, { owner: { manager: "helm", operation: "Update" } }), 12);
    expect(looks.look()).toMatchObject({ applied: true, reason: "DeclaredElsewhere", write: { value: 12 } });
    looks.wanted = 14;
    expect(looks.look(MINUTE).reason).toBe("DeclaredElsewhere");
    expect(looks.look(MINUTE).message).toContain("out of the chart's");
  });

  it("does not claim that Helm declares what may be the default", () => {
    const looks = new Looks(new LiveField(kind, 1, { owner: { manager: "helm", operation: "Update" } }), 12);
    looks.look();
    const { reason, message } = looks.look(MINUTE);
    expect(reason).toBe("DeclaredElsewhere");
    expect(message).toMatch(/helm has made it with 1, and an upgrade resets it if it stands in the chart\./);
    expect(message).toMatch(/If it does not, a refresh ends this note; if it does: leave .* out of the chart's/);
    looks.options = { refreshedAt: looks.now };
    expect(looks.look(MINUTE).reason).toBe("Applied");
  });

  it("says before the next upgrade of Helm 4 that it will fail, until a refresh says that this is mended", () => {
    const looks = new Looks(new LiveField(kind, 2, { owner: { manager: "helm", operation: "Apply" } }), 12);
    expect(looks.look()).toMatchObject({ applied: false, reason: "Contested" });
    expect(looks.look().message).toContain("set spec.scaling.takeOver: true first, then leave");
    looks.options = { takeOver: true, generation: 2 };
    expect(looks.look(MINUTE)).toMatchObject({ applied: true, reason: "DeclaredElsewhere", write: { value: 12 } });
    expect(looks.look(MINUTE).message).toMatch(
      /the manifest of helm and the next upgrade fails with a conflict over it: leave .* out of the chart's/,
    );
    looks.options = { takeOver: true, generation: 2, refreshedAt: looks.now };
    expect(looks.look(MINUTE).reason).toBe("Applied");
    expect(looks.writes).toEqual([12]);
  });

  it("takes it after one reset by a client-side apply of the manifest, and stops at the second", () => {
    const field = new LiveField(kind, 2);
    field.clientApply(2);
    const looks = new Looks(field, 12);
    looks.look();
    field.clientApply(2);
    expect(looks.look(MINUTE)).toMatchObject({ reason: "DeclaredElsewhere", write: { value: 12 } });
    // The field is removed from the manifest: it drops to 1, which is the second reset.
    field.clientApply(undefined);
    expect(looks.look(MINUTE).reason).toBe("Contested");
  });

  it("stands through a client-side apply that never had the field", () => {
    const field = new LiveField(kind, 2);
    field.clientApply(undefined);
    const looks = new Looks(field, 12);
    looks.look();
    field.clientApply(undefined);
    expect(looks.look(MINUTE).reason).toBe("Applied");
    expect(field.value).toBe(12);
  });
});

describe("what is remembered", () => {
  it("is the value of a write, not the withdrawal of a note", () => {
    const field = new LiveField("HorizontalPodAutoscaler", 2);
    const seen = { now: START, generation: 1, target: field.target() };
    field.write({ value: 12 });
    const after = (memory: FloorMemory, write: Write): FloorMemory =>
      afterWrite({ memory, write }, seen, field.object());
    expect(after({ resets: [1] }, { value: 12 })).toEqual({ resets: [1], lastOurs: 12 });
    expect(after({ resets: [1], lastOurs: 3 }, {})).toEqual({ resets: [1], lastOurs: 3 });
  });

  it("is our own value where somebody was faster, so that theirs counts as a reset", () => {
    const looks = new Looks(new LiveField("HorizontalPodAutoscaler", 2), 12);
    const write = looks.field.write.bind(looks.field);
    looks.field.write = (what) => {
      write(what);
      looks.field.update("cron-hpa", 3);
    };
    looks.look();
    expect(looks.memory).toMatchObject({ lastOurs: 12 });
    looks.look(SECOND);
    expect(looks.memory.resets).toHaveLength(1);
  });

  it("is our own value only while we look: what happens in a pause is no reset", () => {
    const contest = { manager: "x", since: 1, generation: 1, cause: "Resets" as const };
    expect(keptOff({ resets: [1], lastOurs: 12, declared: { manager: "helm", since: 1, cause: "Updated" } })).toEqual({
      resets: [1],
    });
    expect(keptOff({ resets: [1], lastOurs: 12, contest })).toEqual({ resets: [1], contest });
  });
});
