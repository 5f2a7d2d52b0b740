import { describe, expect, it } from "vitest";
import { Looks, START } from "../../test/support/floor-looks.ts";
import { LiveField } from "../../test/support/live-field.ts";
import type { FloorInput } from "./floor.ts";
import type { TargetKind } from "./target.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Contested by somebody in whose client-side manifest the field stands. */
function contestedByManifest(kind: TargetKind, manager = "argocd-controller"): Looks {
  const looks = new Looks(new LiveField(kind, 2), 12);
  looks.field.clientApply(2, manager);
  looks.look();
  for (let count = 0; count < 2; count += 1) {
    looks.field.clientApply(2, manager);
    looks.look(MINUTE);
  }
  expect(looks.memory.contest).toMatchObject({ manager, cause: "Manifest" });
  return looks;
}

function contestedByApply(manager: string): Looks {
  const looks = new Looks(new LiveField("Scale", 2, { owner: { manager, operation: "Apply" } }), 12);
  looks.look();
  expect(looks.memory.contest?.cause).toBe("Applied");
  return looks;
}

describe("a contest", () => {
  const contested = (kind: TargetKind = "HorizontalPodAutoscaler"): Looks => {
    const looks = new Looks(new LiveField(kind, 2), 12);
    looks.look();
    for (let count = 0; count < 2; count += 1) {
      looks.field.update("cron-hpa", 2);
      looks.look(MINUTE);
    }
    expect(looks.memory.contest?.cause).toBe("Resets");
    return looks;
  };

  it.each<[string, (looks: Looks) => void]>([
    ["a day passes", (looks) => (looks.now += 24 * 60 * MINUTE)],
    ["the operator restarts", (looks) => looks.restart()],
    ["the other manager goes away", (looks) => (looks.field.owners = [])],
    [
      "the other manager takes our number for its own and leaves it again",
      (looks) => looks.field.update("cron-hpa", 12),
    ],
    [
      "a retry was asked for before it began",
      (looks) => (looks.options = { refreshedAt: looks.memory.contest?.since ?? 0 }),
    ],
    ["takeOver is all that is different", (looks) => (looks.options = { takeOver: true })],
    ["the plan changes", (looks) => (looks.wanted = 30)],
  ])("over two resets lasts while %s", (_, event) => {
    const looks = contested();
    event(looks);
    expect(looks.look(MINUTE)).toMatchObject({ applied: false, reason: "Contested" });
    expect(looks.writes).toEqual([12, 12]);
  });

  it.each<[string, Partial<FloorInput>]>([
    ["the spec changes", { generation: 2 }],
    ["the user asks for another try", { refreshedAt: START + 60 * MINUTE }],
  ])("ends when %s, and two more resets begin the next", (_, options) => {
    const looks = contested();
    looks.options = options;
    expect(looks.look(2 * MINUTE)).toMatchObject({ applied: true, write: { value: 12 } });
    expect(looks.memory).toEqual({ of: "1", resets: [], lastOurs: 12 });
    looks.now = START + 2 * 60 * MINUTE;
    looks.field.update("cron-hpa", 2);
    expect(looks.look(MINUTE).reason).toBe("Applied");
    looks.field.update("cron-hpa", 2);
    expect(looks.look(MINUTE).reason).toBe("Contested");
    expect(looks.look(MINUTE).reason).toBe("Contested");
  });

  describe.each<TargetKind>(["HorizontalPodAutoscaler", "ScaledObject", "Scale"])(
    "over two resets by a manifest, on a %s",
    (kind) => {
      it("ends as soon as the field is out of the manifest: it is raised from its default at once", () => {
        const looks = contestedByManifest(kind);
        looks.field.clientApply(undefined, "argocd-controller");
        expect(looks.field.value).toBe(1);
        expect(looks.look(SECOND)).toMatchObject({ applied: true, reason: "Applied", write: { value: 12 } });
        expect(looks.look(MINUTE)).toMatchObject({ applied: true, reason: "Applied" });
        expect(looks.writes).toEqual([12, 12, 12]);
      });

      it("ends so after a restart too", () => {
        const looks = contestedByManifest(kind);
        looks.restart();
        expect(looks.look(MINUTE).reason).toBe("Contested");
        looks.field.clientApply(undefined, "argocd-controller");
        looks.restart();
        expect(looks.look(MINUTE)).toMatchObject({ applied: true, write: { value: 12 } });
      });

      it.each<[string, (looks: Looks) => void]>([
        ["a day passes", (looks) => (looks.now += 24 * 60 * MINUTE)],
        ["the manifest has another number", (looks) => looks.field.clientApply(3, "argocd-controller")],
        ["the manifest has our number", (looks) => looks.field.clientApply(12, "argocd-controller")],
        ["somebody else sets the field", (looks) => looks.field.update("kubectl-edit", 3)],
        ["the plan changes", (looks) => (looks.wanted = 30)],
      ])("lasts while %s", (_, event) => {
        const looks = contestedByManifest(kind);
        event(looks);
        expect(looks.look(MINUTE)).toMatchObject({ applied: false, reason: "Contested" });
        expect(looks.writes).toEqual([12, 12]);
      });

      it("passes to whoever applies it server-side, who is not fought either", () => {
        const looks = contestedByManifest(kind);
        looks.field.clientApply(undefined, "argocd-controller");
        looks.field.apply("argocd-controller", 2);
        expect(looks.look(MINUTE).reason).toBe("Contested");
        expect(looks.memory.contest?.cause).toBe("Applied");
        expect(looks.writes).toEqual([12, 12]);
      });

      it("ends by itself once: of two manifests that come in turns, the second contest is the user's to end", () => {
        const looks = contestedByManifest(kind);
        for (let turn = 0; turn < 10; turn += 1) {
          looks.field.clientApply(undefined, "argocd-controller");
          looks.look(20 * SECOND);
          looks.field.clientApply(2, "argocd-controller");
          looks.look(20 * SECOND);
        }
        expect(looks.memory.contest?.cause).toBe("Resets");
        expect(looks.writes).toEqual([12, 12, 12, 12]);
        looks.field.clientApply(undefined, "argocd-controller");
        looks.options = { refreshedAt: looks.now + SECOND };
        expect(looks.look(MINUTE)).toMatchObject({ applied: true, write: { value: 12 } });
      });
    },
  );

  it("over resets by somebody else than whose manifest has the field is not ended by that manifest", () => {
    const looks = new Looks(new LiveField("HorizontalPodAutoscaler", 2), 12);
    looks.field.clientApply(2, "argocd-controller");
    looks.look();
    for (let count = 0; count < 2; count += 1) {
      looks.field.update("cron-hpa", 2);
      looks.look(MINUTE);
    }
    expect(looks.memory.contest).toMatchObject({ manager: "cron-hpa", cause: "Resets" });
    looks.field.clientApply(undefined, "argocd-controller");
    expect(looks.look(MINUTE).reason).toBe("Contested");
  });

  it.each<[string, () => Looks, RegExp, (looks: Looks) => void]>([
    [
      "client-side in Argo CD, left out of Git",
      () => contestedByManifest("Scale"),
      /or leave spec\.replicas out of the manifest in Git \(.* sets it to its default for a moment\); once it is out of the manifest it is written by itself,/,
      (looks) => looks.field.clientApply(undefined, "argocd-controller"),
    ],
    [
      "client-side in Argo CD, ignored there",
      () => contestedByManifest("Scale"),
      /have ignoreDifferences: \[.*\] and syncPolicy\.syncOptions: \[RespectIgnoreDifferences=true\] in the Application, or .*; .* after any other change set the annotation invoiceops\.dev\/refresh to the present time \(kubectl invoiceops refresh\)$/,
      (looks) => (looks.options = { refreshedAt: looks.now + SECOND }),
    ],
    [
      "client-side by kubectl",
      () => contestedByManifest("Scale", "kubectl-client-side-apply"),
      /run kubectl apply edit-last-applied and remove spec\.replicas there first, .*; once it is out of the manifest it is written by itself,/,
      (looks) => looks.field.clientApply(undefined, "kubectl-client-side-apply"),
    ],
    [
      "server-side in Argo CD, left out of Git",
      () => contestedByApply("argocd-controller"),
      /or leave spec\.replicas out of the manifest in Git \(.*\); then it is written by itself$/,
      (looks) => looks.field.applyWithout("argocd-controller"),
    ],
    [
      "server-side in Argo CD, taken over",
      () => contestedByApply("argocd-controller"),
      /in the Application and spec\.scaling\.takeOver: true in the InvoiceService, or .*; then it is written by itself$/,
      (looks) => (looks.options = { takeOver: true, generation: 2 }),
    ],
    [
      "by a controller that sets it",
      () => contested("Scale"),
      /: have cron-hpa leave spec\.replicas alone; then set the annotation invoiceops\.dev\/refresh to the present time \(kubectl invoiceops refresh\)$/,
      (looks) => (looks.options = { refreshedAt: looks.now + SECOND }),
    ],
  ])("is mended by what its message says: %s", (_, make, words, mend) => {
    const looks = make();
    expect(looks.look(MINUTE).message).toMatch(words);
    mend(looks);
    expect(looks.look(MINUTE)).toMatchObject({ applied: true, write: { value: 12 } });
    expect(looks.field.value).toBe(12);
    expect(looks.look(MINUTE)).toMatchObject({ applied: true });
  });

  it("is about one object: another autoscaler in its place is a new beginning, its resets too", () => {
    const looks = contested();
    const successor = new LiveField("HorizontalPodAutoscaler", 3).target();
    const { object } = successor;
    looks.options = { target: { ...successor, object: { ...object, metadata: { ...object.metadata, uid: "2" } } } };
    expect(looks.look(MINUTE)).toMatchObject({ applied: true, reason: "Applied", write: { value: 12 } });
    expect(looks.memory).toEqual({ of: "2", resets: [], lastOurs: 12 });
  });

  it("with an Apply owner ends when nobody else owns the field", () => {
    const looks = new Looks(
      new LiveField("HorizontalPodAutoscaler", 2, { owner: { manager: "flux", operation: "Apply" } }),
      12,
    );
    expect(looks.look().reason).toBe("Contested");
    looks.field.applyWithout("flux");
    expect(looks.look(MINUTE)).toMatchObject({ reason: "Applied", write: { value: 12, base: 1 } });
  });

  it("with an Apply owner lasts while the field only passes to an Update", () => {
    const looks = new Looks(
      new LiveField("HorizontalPodAutoscaler", 2, { owner: { manager: "flux", operation: "Apply" } }),
      12,
    );
    looks.look();
    looks.field.update("flux", 3);
    expect(looks.look(MINUTE).reason).toBe("Contested");
    expect(looks.writes).toEqual([]);
  });

  it("is not fought over a count that somebody keeps setting higher", () => {
    const looks = new Looks(new LiveField("Scale", 2), 12);
    looks.look();
    for (let count = 0; count < 15; count += 1) {
      looks.field.update("argocd-controller", 20);
      looks.look(20 * SECOND);
    }
    expect(looks.writes).toEqual([12, 12]);
  });

  it("is not fought with somebody who raises and lowers in turns", () => {
    const looks = new Looks(new LiveField("HorizontalPodAutoscaler", 2), 12);
    for (let count = 0; count < 10; count += 1) {
      looks.look(20 * SECOND);
      looks.field.update("cron-hpa", 30);
      looks.look(20 * SECOND);
      looks.field.update("cron-hpa", 2);
    }
    expect(looks.writes.filter((write) => write === 12)).toHaveLength(2);
  });
});

describe.each<TargetKind>(["HorizontalPodAutoscaler", "ScaledObject", "Scale"])(
  "admission that changes our value on %s",
  (kind) => {
    const capped = (): Looks => {
      const looks = new Looks(new LiveField(kind, 2), 12);
      looks.field.admit = (value) => Math.min(value, 10);
      return looks;
    };

    it("is asked once and then told of", () => {
      const looks = capped();
      looks.look();
      for (let count = 0; count < 5; count += 1) {
        const { applied, reason, message } = looks.look(MINUTE);
        expect({ applied, reason }).toEqual({ applied: false, reason: "Contested" });
        expect(message).toMatch(/was given as 12 and came out as 10: an admission webhook or a mutating policy/);
      }
      expect(looks.writes).toEqual([12]);
    });

    it.each<[string, (looks: Looks) => void, number[]]>([
      ["the plan asks for another number", (looks) => (looks.wanted = 6), [12, 6]],
      ["the spec changes", (looks) => (looks.options = { generation: 2 }), [12, 12]],
      ["the user asks for another try", (looks) => (looks.options = { refreshedAt: START + 1 }), [12, 12]],
      ["the process starts again", (looks) => looks.restart(), [12, 12]],
    ])("is asked again when %s", (_, event, writes) => {
      const looks = capped();
      looks.look();
      event(looks);
      looks.look(MINUTE);
      looks.look(MINUTE);
      expect(looks.writes).toEqual(writes);
    });

    it("is over when the value passes", () => {
      const looks = capped();
      looks.look();
      looks.field.admit = (value) => value;
      looks.options = { refreshedAt: START + 1 };
      looks.look(MINUTE);
      expect(looks.look(MINUTE)).toMatchObject({ applied: true, reason: "Applied" });
      expect(looks.field.value).toBe(12);
    });
  },
);
