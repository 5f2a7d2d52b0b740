import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClusterAccess } from "../../../dev/cluster/access.ts";
import type { KubeObject, Resource } from "../../../src/kube/resource.ts";
import { BASE_ANNOTATION, RAISED_FOR_ANNOTATION } from "../../../src/scaling/floor.ts";
import { FIELD_MANAGER } from "../../../src/scaling/ownership.ts";
import { floorOf } from "./manifests.ts";
import { Stage } from "./stage.ts";
import { Writers } from "./writers.ts";

/** One of the three fields that a floor is written to. */
export interface Field {
  /** As it stands in messages, such as `spec.minReplicas of HorizontalPodAutoscaler`. */
  title: string;
  /** The kind that carries it. */
  resource: Resource;
  /** Name inside spec. */
  name: string;
  /** A manifest of the object; without `value` the field is not in it. */
  manifest(name: string, value?: number): KubeObject & { spec: object };
  /** What has to be there beside it. */
  others(name: string): { resource: Resource; manifest: KubeObject }[];
  /** Whether what stood there before goes back in the end; then we note it on the object. */
  givenBack: boolean;
}

const FLOOR = 5;
/** What the others want. */
const THEIRS = 3;

/** The table of docs/field-ownership.md, row by row, on one field of a real API server. */
export function describeLadder(field: Field, cluster: () => Promise<ClusterAccess>): void {
  const { resource, title } = field;
  const at = (value: number): object => ({ spec: { [field.name]: value } });

  describe(`who owns ${title}`, () => {
    let stage: Stage;
    let writers: Writers;
    beforeAll(async () => {
      stage = await Stage.open(await cluster());
      writers = new Writers(stage);
      await stage.launch(await stage.account()).ready();
    });
    afterAll(() => stage.close());

    /** Makes what stands beside the field; the field's own object is for the test to make. */
    const surroundings = async (name: string): Promise<void> => {
      for (const { resource: kind, manifest } of field.others(name)) await writers.apply("setup", kind, manifest);
    };
    const becomes = (name: string, value: number): Promise<KubeObject> => stage.becomes(resource, name, at(value));
    const countWrites = async (name: string): Promise<number> => (await stage.writes(resource, name)).length;
    /** The field has this value, and keeps it through more evaluations without a further write of ours. */
    const stays = async (name: string, value: number): Promise<void> => {
      const before = await countWrites(name);
      await stage.evaluated(name, 2);
      await becomes(name, value);
      expect(await countWrites(name), "writes of ours after that").toBe(before);
    };

    const creators: [string, (manifest: KubeObject) => Promise<void>, (manifest: KubeObject) => Promise<void>][] = [
      ["kubectl create", (manifest) => writers.create(manifest), (manifest) => writers.clientApply(manifest)],
      ["kubectl apply", (manifest) => writers.clientApply(manifest), (manifest) => writers.clientApply(manifest)],
      [
        "server-side apply",
        (manifest) => writers.apply("flux", resource, manifest),
        (manifest) => writers.apply("flux", resource, manifest),
      ],
    ];
    test.concurrent.each(creators)(
      "free: a manifest of %s that leaves it out does not hold it, nor when it is applied again",
      async (creator, create, again) => {
        const name = `free-${creator.replaceAll(" ", "-")}`;
        await surroundings(name);
        await create(field.manifest(name));
        await stage.serve(name, floorOf(FLOOR));
        const raised = await becomes(name, FLOOR);
        expect(await stage.told(name, "FloorApplied", "True", "Applied")).toBe(`${title}/${name} is ${FLOOR}`);
        // The API server books a write to /scale only where somebody owned the count before.
        const booked = field.givenBack || creator !== "server-side apply";
        expect(ownedByUs(raised)).toEqual(booked ? [onlyTheField(field)] : []);

        await again({ ...field.manifest(name), metadata: { name, labels: { version: "2" } } });
        await stays(name, FLOOR);
        expect(await countWrites(name)).toBe(1);
      },
    );

    test.concurrent("declared: a field that stands in last-applied is raised, told how to mend, and raised once more", async () => {
      const name = "declared";
      await surroundings(name);
      await writers.clientApply(field.manifest(name, THEIRS));
      await stage.serve(name, floorOf(FLOOR));
      await becomes(name, FLOOR);
      expect(await stage.told(name, "FloorApplied", "True", "DeclaredElsewhere")).toBe(
        `${title}/${name} is ${FLOOR}, yet it stands in the manifest of kubectl-client-side-apply and the next apply resets it: ` +
          `run kubectl apply edit-last-applied and remove spec.${field.name} there first, then from the manifest (removing it from the manifest alone sets it to its default)`,
      );

      await writers.clientApply(field.manifest(name, THEIRS));
      await stage.evaluated(name);
      await becomes(name, FLOOR);
      expect(await countWrites(name)).toBe(2);

      await writers.clientApply(field.manifest(name, THEIRS));
      await stage.told(name, "FloorApplied", "False", "Contested");
      await stays(name, THEIRS);
      await writers.clientApply(field.manifest(name, THEIRS + 1));
      await stays(name, THEIRS + 1);
      expect(await countWrites(name)).toBe(2);

      // The contest ends with its cause, and what fell to its default does not stay there.
      await writers.clientApply(field.manifest(name));
      await becomes(name, FLOOR);
      await stage.told(name, "FloorApplied", "True", "Applied");
      expect(await countWrites(name)).toBe(3);
    });

    test.concurrent("declared: removed from the manifest it falls to its default, and is raised once more", async () => {
      const name = "removed";
      await surroundings(name);
      await writers.clientApply(field.manifest(name, THEIRS));
      await stage.serve(name, floorOf(FLOOR));
      await becomes(name, FLOOR);
      await writers.clientApply(field.manifest(name));
      await stage.told(name, "FloorApplied", "True", "Applied");
      await stays(name, FLOOR);
      expect(await countWrites(name)).toBe(2);
    });

    test.concurrent("declared: Helm holds it without an annotation", async () => {
      const name = "helm";
      await surroundings(name);
      await writers.create(field.manifest(name, THEIRS - 1));
      await writers.update("helm", resource, name, at(THEIRS));
      await stage.serve(name, floorOf(FLOOR));
      await becomes(name, FLOOR);
      const message = await stage.told(name, "FloorApplied", "True", "DeclaredElsewhere");
      expect(message).toContain(
        `it stands in the manifest of helm and the next apply resets it: leave spec.${field.name} out of the chart's`,
      );
      // Ours by now, and still said: the next upgrade does what the last one did.
      await stage.evaluated(name);
      await stage.told(name, "FloorApplied", "True", "DeclaredElsewhere");

      await writers.update("helm", resource, name, at(THEIRS));
      await stage.evaluated(name);
      await becomes(name, FLOOR);
      await writers.update("helm", resource, name, at(THEIRS));
      expect(await stage.told(name, "FloorApplied", "False", "Contested")).toContain("by helm");
      await stays(name, THEIRS);
      expect(await countWrites(name)).toBe(2);
    });

    test.concurrent("enforced: what somebody else applies is not written, until he leaves it out", async () => {
      const name = "enforced";
      await surroundings(name);
      await writers.apply("argocd-controller", resource, field.manifest(name, THEIRS));
      await stage.serve(name, floorOf(FLOOR));
      const message = await stage.told(name, "FloorApplied", "False", "Contested");
      expect(message).toContain(
        `${title}/${name} is held at ${THEIRS} by argocd-controller, ${FLOOR} are recommended; nothing more is written until that is mended: ` +
          `have ignoreDifferences: [{group: ${resource.group}, kind: ${resource.kind}, jsonPointers: [/spec/${field.name}]}] and syncPolicy.syncOptions: [RespectIgnoreDifferences=true] in the Application and spec.scaling.takeOver: true in the InvoiceService, ` +
          `or leave spec.${field.name} out of the manifest in Git`,
      );
      expect((await stage.service(name)).status?.scaling).toMatchObject({
        floor: FLOOR,
        contest: { manager: "argocd-controller", cause: "Applied" },
      });
      await stage.told(name, "Degraded", "True", "FloorContested");
      await stays(name, THEIRS);
      await writers.apply("argocd-controller", resource, field.manifest(name, THEIRS + 1));
      await stays(name, THEIRS + 1);
      expect(await countWrites(name)).toBe(0);

      await writers.apply("argocd-controller", resource, field.manifest(name));
      await becomes(name, FLOOR);
      await stage.told(name, "FloorApplied", "True", "Applied");
      expect(await countWrites(name)).toBe(1);
    });

    test.concurrent("takeOver takes it from an apply owner, and does not help against two resets", async () => {
      const name = "take-over";
      await surroundings(name);
      await writers.apply("argocd-controller", resource, field.manifest(name, THEIRS));
      await stage.serve(name, { ...floorOf(FLOOR), scaling: { takeOver: true } });
      await becomes(name, FLOOR);
      await stage.told(name, "FloorApplied", "True", "Applied");
      for (const _reset of [1, 2]) {
        await stage.evaluated(name);
        await becomes(name, FLOOR);
        await writers.apply("argocd-controller", resource, field.manifest(name, THEIRS));
      }
      expect(await stage.told(name, "FloorApplied", "False", "Contested")).toContain("by argocd-controller");
      await stays(name, THEIRS);
      expect(await countWrites(name)).toBe(2);
    });

    test.concurrent("two resets end it, whoever did them, until the user asks for another try or changes the spec", async () => {
      const name = "resets";
      await surroundings(name);
      await writers.create(field.manifest(name, THEIRS));
      await stage.serve(name, floorOf(FLOOR));
      const resetBy = async (manager: string, value: number): Promise<void> => {
        await becomes(name, FLOOR);
        await stage.evaluated(name);
        await writers.update(manager, resource, name, at(value));
      };
      await resetBy("alice", THEIRS);
      // Upwards counts as well: who raises and lowers in turns is not to be fought.
      await resetBy("bob", FLOOR + 2);
      if (field.givenBack) {
        // There is nothing to raise above that, so it is no contest before it is lowered again.
        await stage.told(name, "FloorApplied", "True", "AtBase");
        await writers.update("bob", resource, name, at(FLOOR - 1));
      }
      const held = field.givenBack ? FLOOR - 1 : FLOOR + 2;
      expect(await stage.told(name, "FloorApplied", "False", "Contested")).toBe(
        `${title}/${name} is held at ${held} by bob, ${FLOOR} are recommended; nothing more is written until that is mended: have bob leave spec.${field.name} alone; then set the annotation invoiceops.dev/refresh to the present time (kubectl invoiceops refresh)`,
      );
      await stays(name, held);

      await stage.annotate(name, "invoiceops.dev/refresh", new Date().toISOString());
      await resetBy("alice", THEIRS);
      await resetBy("bob", THEIRS - 1);
      await stage.told(name, "FloorApplied", "False", "Contested");
      await stays(name, THEIRS - 1);

      await stage.change(name, { spec: floorOf(FLOOR + 1) });
      await becomes(name, FLOOR + 1);
      await stage.told(name, "FloorApplied", "True", "Applied");
    });
  });
}

/** The fields that the API server books as ours, all entries together. */
function ownedByUs({ metadata }: KubeObject): unknown[] {
  return (metadata.managedFields ?? [])
    .filter(({ manager }) => manager === FIELD_MANAGER)
    .map(({ fieldsV1 }) => fieldsV1);
}

function onlyTheField({ name, givenBack }: Field): object {
  const notes = { "f:annotations": { [`f:${BASE_ANNOTATION}`]: {}, [`f:${RAISED_FOR_ANNOTATION}`]: {} } };
  return { ...(givenBack ? { "f:metadata": notes } : {}), "f:spec": { [`f:${name}`]: {} } };
}
