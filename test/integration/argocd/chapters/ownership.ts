import { beforeAll, describe, expect, test, vi } from "vitest";
import { events, leases, type KubeObject } from "../../../../src/kube/resource.ts";
import { realClock } from "../../../../src/runtime/clock.ts";
import { applicationFor, cases, FLOOR, HIGHER, IN_GIT, NOTE, objectsOf, type Case } from "../cases.ts";
import { ARGOCD, LONG, OPERATOR, SOON, SYSTEM, type Ground } from "../ground.ts";
import { folderOf } from "../objects.ts";

/** How long all cases are watched when each has come to its end; shorter while one works on the tests. */
const WATCH_MS = Number(process.env["INVOICEOPS_ARGOCD_WATCH_MS"] ?? 600_000);

const contested = ({ outcome }: Case): boolean => outcome === "Contested";

const ofAll = async <T>(value: (one: Case) => Promise<T>): Promise<Map<Case, T>> =>
  new Map(await Promise.all(cases.map(async (one) => [one, await value(one)] as const)));
const everywhere = (check: (one: Case) => Promise<void>): Promise<void> =>
  vi.waitFor(async () => void (await Promise.all(cases.map(check))), SOON);
/** Keys by which Argo CD takes an object to be its own. */
const tracking = ({ metadata: { annotations = {}, labels = {} } }: KubeObject): string[] =>
  [...Object.keys(annotations), ...Object.keys(labels)].filter(
    (key) => key.startsWith("argocd.argoproj.io/") || key === "app.kubernetes.io/instance",
  );

export function ownership(here: () => Ground): void {
  const targetOf = ({ resource, name }: Case): Promise<KubeObject & { spec?: Record<string, unknown> }> =>
    here().client.get(resource, { namespace: name, name });
  const fieldOf = async (one: Case): Promise<unknown> => (await targetOf(one)).spec?.[one.field];
  const writesOf = async (one: Case): Promise<number> =>
    (await here().writes(OPERATOR, one.resource.plural, one.name)).length;
  /**
   * How often Argo CD has put a value of its own over ours since the operator's write number `after`: one sync brings
   * both the floor and its field, and applies what it read of the field before the operator heard of the floor.
   */
  const resetsOf = async (one: Case, after: number): Promise<number> => {
    const first = (await here().writes(OPERATOR, one.resource.plural, one.name))[after];
    const writes = await here().writes(ARGOCD, one.resource.plural, one.name);
    return writes.filter(({ requestObject, requestReceivedTimestamp }) => {
      const value = (requestObject as { spec?: Record<string, unknown> } | undefined)?.spec?.[one.field];
      const later = first !== undefined && requestReceivedTimestamp > first.requestReceivedTimestamp;
      return later && value !== undefined && value !== HIGHER;
    }).length;
  };
  const statusWrites = async ({ name }: Case): Promise<number> =>
    (await here().writes(OPERATOR, "invoiceservices", name)).length;
  const syncsOf = async ({ name }: Case): Promise<number> =>
    (await here().application(name)).status?.history?.length ?? 0;
  const commitAll = async (what: Parameters<typeof objectsOf>[1] = {}): Promise<void> => {
    const folders = cases.map((one) => Object.entries(folderOf(one.name, objectsOf(one, what))));
    await here().git.commit(Object.fromEntries(folders.flat()));
  };
  const refreshAll = async (): Promise<void> => {
    for (const { name } of cases) await here().refresh(name);
  };

  describe("B35: who owns the field, with self-heal on", () => {
    beforeAll(async () => {
      await commitAll();
      for (const one of cases) await here().apply(await applicationFor(one));
    }, 120_000);

    test.each(cases.map((one) => [one.says, one.outcome, one] as const))("%s: %s", LONG, async (_, outcome, one) => {
      const { name } = one;
      const message = await here().told(name, "FloorApplied", contested(one) ? "False" : "True", outcome);
      // A contest is Degraded, and says so.
      await here().becomes(name, "Synced", contested(one) ? "Degraded" : "Healthy");
      expect(await fieldOf(one)).toBe(contested(one) ? IN_GIT : FLOOR);
      expect(await writesOf(one), "writes of the operator").toBe(one.writes);
      if (outcome === "Applied") return;
      expect(message).toContain("argocd-controller");
      expect(message).toContain(`leave spec.${one.field} out of the manifest in Git, or add ignoreDifferences`);
      expect(message).toContain(`kind: ${one.kind}, jsonPointers: [/spec/${one.field}]`);
      expect(message.includes("spec.scaling.takeOver: true")).toBe(one.apply === "server");
    });

    test(
      `for ${WATCH_MS / 60_000} minutes the floor stands, nothing goes out of sync by itself, and nobody is fought`,
      { timeout: WATCH_MS + 900_000 },
      async () => {
        const begin = realClock.now();
        const [writes, syncs] = [await ofAll(writesOf), await ofAll(syncsOf)];
        const statuses = await ofAll(statusWrites);

        await realClock.sleep(WATCH_MS / 3);
        for (const one of cases) {
          expect(here().outOfSyncSince(one.name, begin), `${one.says}: times out of sync`).toBe(0);
          expect(await statusWrites(one), `${one.says}: writes of a status in which nothing changed`).toBe(
            statuses.get(one),
          );
        }

        // Something else changes in Git, so that everything is applied anew, whoever owns the field.
        await commitAll({ note: "second" });
        await refreshAll();
        await everywhere(async (one) => {
          expect((await targetOf(one)).metadata.annotations).toMatchObject({ [NOTE]: "second" });
        });
        await realClock.sleep(WATCH_MS / 3);
        for (const one of cases) {
          expect(await fieldOf(one), `${one.says}: the field`).toBe(contested(one) ? IN_GIT : FLOOR);
          expect(await writesOf(one), `${one.says}: writes of the operator`).toBe(writes.get(one));
          expect((await syncsOf(one)) - syncs.get(one)!, `${one.says}: syncs`).toBe(1);
        }

        // The floor itself changes in Git. Those that may, follow; the others try once more, to the same end.
        await commitAll({ note: "second", floor: HIGHER });
        await refreshAll();
        await everywhere(async (one) => {
          expect((await here().service(one.name)).spec.events?.[0]?.replicas).toBe(HIGHER);
          expect(await fieldOf(one), `${one.says}: the field`).toBe(contested(one) ? IN_GIT : HIGHER);
          expect((await here().condition(one.name, "FloorApplied"))?.reason).toBe(one.outcome);
        });
        await realClock.sleep(WATCH_MS / 3);
        for (const one of cases) {
          await here().becomes(one.name, "Synced", contested(one) ? "Degraded" : "Healthy");
          expect(await fieldOf(one), `${one.says}: the field`).toBe(contested(one) ? IN_GIT : HIGHER);
          // Each write beyond the first answers one reset of the sync that brought the floor; it is one at most.
          const resets = contested(one) ? 0 : await resetsOf(one, writes.get(one)!);
          expect(resets, `${one.says}: resets`).toBeLessThanOrEqual(one.ignored ? 1 : 0);
          const more = contested(one) ? one.writes : 1 + resets;
          expect((await writesOf(one)) - writes.get(one)!, `${one.says}: writes of the operator`).toBe(more);
        }
      },
    );

    test("a contest is mended as its message says: out of Git, refresh, and the floor stands", LONG, async () => {
      const mended = cases.filter(({ declared, ignored }) => declared && !ignored);
      for (const one of mended) {
        await here().commit(one.name, objectsOf(one, { note: "third", floor: HIGHER, declared: false }));
        await vi.waitFor(async () => {
          expect((await targetOf(one)).metadata.annotations).toMatchObject({ [NOTE]: "third" });
        }, SOON);
        await here().act(one.name, "refresh");
        await here().told(one.name, "FloorApplied", "True", "Applied");
        await here().becomes(one.name, "Synced", "Healthy");
        expect(await fieldOf(one)).toBe(HIGHER);
      }
    });

    test("out of Git while the floor stands: it stands again as soon as it is applied", LONG, async () => {
      for (const one of cases.filter(({ outcome }) => outcome === "DeclaredElsewhere")) {
        await here().commit(one.name, objectsOf(one, { note: "third", floor: HIGHER, declared: false }));
        await vi.waitFor(async () => {
          expect((await targetOf(one)).metadata.annotations).toMatchObject({ [NOTE]: "third" });
        }, SOON);
        await vi.waitFor(async () => expect(await fieldOf(one)).toBe(HIGHER), SOON);
        await here().becomes(one.name, "Synced", "Healthy");
        expect((await here().condition(one.name, "FloorApplied"))?.status).toBe("True");
      }
    });

    test(
      "nothing of the operator's carries Argo CD's tracking, and no autoscaler that of another object",
      LONG,
      async () => {
        const { items } = await here().client.list(events, {});
        const told = items.filter(({ reportingController }) => reportingController === "invoiceops");
        expect(told.length).toBeGreaterThan(cases.length / 2);
        const lease = await here().client.get(leases, { namespace: SYSTEM, name: "invoiceops" });
        expect([...told, lease].flatMap(tracking)).toEqual([]);
        for (const one of cases.filter(({ kind }) => kind === "HorizontalPodAutoscaler")) {
          const { annotations = {} } = (await targetOf(one)).metadata;
          const own = `${one.name}:autoscaling/HorizontalPodAutoscaler:${one.name}/${one.name}`;
          expect(annotations["argocd.argoproj.io/tracking-id"]).toBe(own);
        }
      },
    );
  });
}
