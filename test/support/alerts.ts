import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The chart's alerts as they are written, before Helm sees them. */

const FILE = join(import.meta.dirname, "../../charts/invoiceops/files/alerts.yaml");

export interface Alert {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook_url?: string };
}

export function alerts(): Alert[] {
  const { groups } = parse(readFileSync(FILE, "utf8")) as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** InvoiceopsNoLeader is invoiceops-no-leader: the name of its runbook's file, and the end of its runbook_url. */
export function kebab(alert: string): string {
  return alert.replaceAll(/(?<!^)[A-Z]/g, "-$&").toLowerCase();
}
