import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { StatusView } from "../../../../src/cli/status/view.ts";
import { events, leases, type KubeObject } from "../../../../src/kube/resource.ts";
import { REFRESH } from "../../../../src/operator/annotations.ts";
import { realClock } from "../../../../src/runtime/clock.ts";
import { valueAt } from "../../../../src/scaling/ownership.ts";
import { command } from "../../../support/command.ts";
import { Watched } from "../../../support/namespace-view.ts";
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
  /** Takes the field out of Git, and waits until that is applied. */
  const leaveOut = async (some: readonly Case[]): Promise<void> => {
    const folders = some.map((one) =>
      folderOf(one.name, objectsOf(one, { note: "third", floor: HIGHER, declared: false })),
    );
    await here().git.commit(Object.assign({}, ...folders));
    for (const { name } of some) await here().refresh(name);
    for (const one of some) {
      await vi.waitFor(async () => {
        expect((await targetOf(one)).metadata.annotations).toMatchObject({ [NOTE]: "third" });
      }, SOON);
    }
  };
  /** Follows the field from now on; the function gives its values so far, each change once. */
  const follow = async (one: Case): Promise<() => unknown[]> => {
    const watched = new Watched({ client: here().client, namespace: one.name, clock: realClock }, one.resource);
    const end = new AbortController();
    onTestFinished(() => end.abort());
    void watched.informer.run(end.signal);
    await vi.waitFor(() => expect(watched.history(one.name)).not.toEqual([]), SOON);
    return () => {
      const values = watched.history(one.name).map(({ object }) => valueAt(object, ["spec", one.field]));
      return values.filter((value, index) => index === 0 || value !== values[index - 1]);
    };
  };
  const outOfGit = async ({ name }: Case): Promise<unknown> => {
    const { adminKubeconfig: kubeconfig } = here().cluster;
    const { out } = await command(["status", name, "-n", name, "-o", "json"], { kubeconfig });
    return (JSON.parse(out) as StatusView).floor?.outOfGit;
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
      expect(message).toContain(`have ignoreDifferences: [{group: ${one.resource.group}, kind: ${one.kind}, `);
      expect(message).toContain(`jsonPointers: [/spec/${one.field}]}] and syncPolicy.syncOptions: [Respect`);
      expect(message).toContain(`, or leave spec.${one.field} out of the manifest in Git (the sync that takes it out `);
      expect(message.includes("spec.scaling.takeOver: true")).toBe(one.apply === "server");
      if (!contested(one)) return;
      expect(message).toMatch(
        one.apply === "server"
          ? /; then it is written by itself$/
          : /; once it is out of .* by itself, after any other change set the annotation invoiceops\.dev\/refresh /,
      );
      expect(await outOfGit(one)).toMatchObject({ field: `spec.${one.field}`, safe: true });
    });

    test(
      `for ${WATCH_MS / 60_000} minutes the floor stands, nothing goes out of sync by itself, and nobody is fought`,
      { timeout: WATCH_MS + 900_000 },
      async () => {
        // Pods that are still starting would change a status that is to stand still.
        await everywhere(async (one) => {
          const { current, ready } = (await here().service(one.name)).status?.scaling ?? {};
          // Without metrics an autoscaler does not take back what was raised before the contest.
          expect(current).toBeGreaterThanOrEqual(contested(one) ? IN_GIT : FLOOR);
          expect(ready).toBe(current);
        });
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

    const contests = cases.filter(({ declared, ignored }) => declared && !ignored);
    const respecting = contests.filter(({ name }) => name === "deploy-declared-client");
    const leaving = contests.filter((one) => !respecting.includes(one));

    test("a contest is mended as its message says: ignored, refresh, and the floor stands", LONG, async () => {
      for (const one of respecting) {
        const before = await writesOf(one);
        const { spec } = await applicationFor({ ...one, ignored: true });
        await here().apply({ ...(await applicationFor(one)), spec });
        await vi.waitFor(async () => {
          const { status } = await here().application(one.name);
          expect(status?.sync?.comparedTo?.ignoreDifferences).toEqual(spec.ignoreDifferences);
        }, SOON);
        expect(await fieldOf(one)).toBe(IN_GIT);
        await here().act(one.name, "refresh");
        await here().told(one.name, "FloorApplied", "True", "DeclaredElsewhere");
        await here().becomes(one.name, "Synced", "Healthy");
        expect(await fieldOf(one)).toBe(HIGHER);
        expect((await writesOf(one)) - before, `${one.says}: writes of the operator`).toBe(1);
      }
      expect(respecting).toHaveLength(1);
    });

    test("a contest is mended as its message says: out of Git, and it does not stay at its default", LONG, async () => {
      const writes = await ofAll(writesOf);
      const ends = await Promise.all(leaving.map(follow));
      await leaveOut(leaving);
      for (const [index, one] of leaving.entries()) {
        await here().told(one.name, "FloorApplied", "True", "Applied");
        await here().becomes(one.name, "Synced", "Healthy");
        // Nobody has asked for it: the operator saw that it is in no manifest any more.
        expect(await here().annotationsOf(one.name)).not.toHaveProperty([REFRESH]);
        expect(ends[index]!(), `${one.says}: the field`).toEqual([IN_GIT, one.default, HIGHER]);
        expect((await writesOf(one)) - writes.get(one)!, `${one.says}: writes of the operator`).toBe(1);
      }
    });

    test("out of Git while the floor stands: it stands again as soon as it is applied", LONG, async () => {
      const standing = cases.filter(({ outcome }) => outcome === "DeclaredElsewhere");
      await leaveOut([...standing, ...respecting]);
      for (const one of [...standing, ...respecting]) {
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
