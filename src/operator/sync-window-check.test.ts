import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { syncWindowsOf } from "../calendar/sync-windows.ts";
import type { Window } from "../calendar/window.ts";
import type { Client } from "../kube/client.ts";
import type { AppProject } from "./kinds.ts";
import { SyncWindowCheck } from "./sync-window-check.ts";

const NOW = "2026-11-25T10:00:00Z";
const window: Window = {
  calendar: "vat",
  name: "2026-12",
  opens: Date.parse("2026-12-01T00:00:00Z"),
  deadline: Date.parse("2026-12-16T00:00:00Z"),
  grade: "Published",
};

function start() {
  const clock = new FakeClock(NOW);
  const registry = new Registry();
  const log: { msg: string }[] = [];
  const state: { project: AppProject | Error; windows: readonly Window[] } = {
    project: { metadata: { name: "billing" }, spec: { syncWindows: syncWindowsOf([window], "Etc/UTC", clock.now()) } },
    windows: [window],
  };
  const get = async (): Promise<AppProject> => {
    if (state.project instanceof Error) throw state.project;
    return state.project;
  };
  const check = new SyncWindowCheck({
    client: { get } as unknown as Pick<Client, "get">,
    clock,
    log: pino({ base: null }, { write: (line) => void log.push(JSON.parse(line) as { msg: string }) }),
    registry,
    projects: [{ namespace: "argocd", name: "billing" }],
    windows: () => state.windows,
  });
  const stop = new AbortController();
  const running = check.run(stop.signal);
  const mismatches = async (): Promise<number | undefined> => {
    await clock.advance(600_000);
    const metric = await registry.getSingleMetric("invoiceops_argocd_sync_window_mismatches")!.get();
    return metric.values.find(({ labels }) => labels["project"] === "billing")?.value;
  };
  return { state, log, mismatches, end: () => (stop.abort(), running) };
}

test("Sync windows that fit are 0, those that no longer do are counted and told once, an unreadable project has no number", async () => {
  const { state, log, mismatches, end } = start();
  expect(await mismatches()).toBe(0);
  expect(log).toEqual([]);

  state.windows = [{ ...window, deadline: window.deadline + 86_400_000 }];
  expect(await mismatches()).toBe(2);
  expect(await mismatches()).toBe(2);
  expect(log.map(({ msg }) => msg)).toEqual(["sync windows do not fit the filing windows: run gen argocd anew"]);

  state.project = new Error('appprojects.argoproj.io "billing" not found');
  expect(await mismatches()).toBeUndefined();
  expect(await mismatches()).toBeUndefined();
  expect(log.map(({ msg }) => msg).slice(1)).toEqual(["sync windows cannot be compared"]);
  await end();
});
