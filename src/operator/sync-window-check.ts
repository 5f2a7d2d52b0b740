import { Gauge, type Registry } from "prom-client";
import { compareSyncWindows } from "../calendar/sync-windows.ts";
import type { Window } from "../calendar/window.ts";
import type { Client } from "../kube/client.ts";
import { keyOf } from "../kube/resource.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Runnable } from "../runtime/manager.ts";
import { appProjects } from "./kinds.ts";

/** How often a project is read; its sync windows are compared 60 days ahead. */
const EVERY_MS = 600_000;

export interface SyncWindowCheckOptions {
  client: Pick<Client, "get">;
  clock: Clock;
  log: Logger;
  registry: Registry;
  /** The projects of Argo CD whose sync windows come from `gen argocd`. */
  projects: readonly { namespace: string; name: string }[];
  /** The windows of every calendar, far enough ahead. */
  windows: (now: number) => readonly Window[];
}

/**
 * Tells by a metric, and once in the log, when a project's sync windows no longer fit the calendars: Argo CD's cron
 * has no year. A project that cannot be read has no number.
 */
export class SyncWindowCheck implements Runnable {
  readonly name = "sync-windows";
  readonly #options: SyncWindowCheckOptions;
  readonly #mismatches: Gauge<"project_namespace" | "project">;
  /** By project, what was said last. */
  readonly #told = new Map<string, string>();

  constructor(options: SyncWindowCheckOptions) {
    this.#options = options;
    this.#mismatches = new Gauge({
      name: "invoiceops_argocd_sync_window_mismatches",
      help: "Sync windows of an Argo CD project that fit no filing window, and filing windows without one, 60 days ahead.",
      labelNames: ["project_namespace", "project"],
      registers: [options.registry],
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, projects } = this.#options;
    while (!signal.aborted) {
      for (const project of projects) await this.#check(project, signal);
      await clock.sleep(EVERY_MS, signal).catch(() => undefined);
    }
    this.#mismatches.reset();
  }

  async #check(project: { namespace: string; name: string }, signal: AbortSignal): Promise<void> {
    const { client, clock, log, windows } = this.#options;
    const labels = { project_namespace: project.namespace, project: project.name };
    try {
      const { spec } = await client.get(appProjects, project, { signal });
      const now = clock.now();
      const { outdated, missing } = compareSyncWindows(spec.syncWindows ?? [], windows(now), now);
      this.#mismatches.set(labels, outdated.length + missing.length);
      const fits = outdated.length + missing.length === 0;
      this.#tell(project, fits ? "" : JSON.stringify({ outdated, missing }), () =>
        log.warn({ ...labels, outdated, missing }, "sync windows do not fit the filing windows: run gen argocd anew"),
      );
    } catch (error) {
      if (signal.aborted) return;
      this.#mismatches.remove(labels);
      const { message } = error as Error;
      this.#tell(project, message, () => log.warn({ ...labels, error: message }, "sync windows cannot be compared"));
    }
  }

  #tell(project: { namespace: string; name: string }, text: string, say: () => void): void {
    const key = keyOf(project);
    if (text !== "" && this.#told.get(key) !== text) say();
    this.#told.set(key, text);
  }
}
