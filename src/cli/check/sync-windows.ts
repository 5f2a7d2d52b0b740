import type { InvoiceService } from "../../api/v1alpha1/invoice-service.ts";
import { regimeCalendar } from "../../calendar/regimes/regimes.ts";
import { compareSyncWindows } from "../../calendar/sync-windows.ts";
import { windowsOf } from "../../calendar/windows.ts";
import { DAY_MS } from "../../calendar/zone.ts";
import { isNotFound } from "../../kube/errors.ts";
import { keyOf } from "../../kube/resource.ts";
import { regimesOf } from "../../operator/calendars.ts";
import { appProjects, filingCalendars } from "../../operator/kinds.ts";
import type { CliContext } from "../verb.ts";
import type { Finding } from "./finding.ts";

/** As far as sync windows are compared, and a day to either side. */
const RANGE_MS = 62 * DAY_MS;
const SHOWN = 3;

const about = "sync windows";

/**
 * Whether the sync windows of a project of Argo CD still fit the filing windows, those of the regimes that services
 * follow among them: its cron has no year.
 */
export async function syncWindowFinding(
  { cluster, clock, signal, command }: CliContext,
  project: { namespace: string; name: string },
  services: readonly InvoiceService[],
): Promise<Finding> {
  const { client } = cluster();
  const now = clock.now();
  const named = `AppProject ${keyOf(project)}`;
  try {
    const { spec } = await client.get(appProjects, project, { signal });
    const { items } = await client.list(filingCalendars, { signal });
    const range = { from: now - RANGE_MS, to: now + RANGE_MS };
    const calendars = [
      ...items.map(({ metadata: { name }, spec: calendar }) => ({ name, calendar })),
      ...regimesOf(services).map(({ regime }) => ({ name: regime, calendar: regimeCalendar(regime) })),
    ];
    const windows = calendars.flatMap(({ name, calendar }) =>
      calendar ? windowsOf(calendar, name, range).windows : [],
    );
    const { outdated, missing } = compareSyncWindows(spec.syncWindows ?? [], windows, now);
    if (outdated.length + missing.length === 0) {
      return { about, level: "ok", message: `${named} fits the filing windows of the coming 60 days` };
    }
    const told = [
      ...outdated.map((one) => `${one}, when no filing window is open`),
      ...missing.map((one) => `${one} has none`),
    ];
    const more = told.length > SHOWN ? `; and ${told.length - SHOWN} more` : "";
    return {
      about,
      level: "wrong",
      message: `${named} does not fit the filing windows: ${told.slice(0, SHOWN).join("; ")}${more}`,
      fix: `${command} gen argocd --project ${project.name} --project-namespace ${project.namespace}`,
    };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const fix = "create it, or take it out of the chart's argocd.projects";
    return { about, level: "wrong", message: `${named}, which the operator compares, does not exist`, fix };
  }
}
