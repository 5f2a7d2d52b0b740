import { stat } from "node:fs/promises";
import { schemaOf } from "../../api/v1alpha1/crd.ts";
import { withDefaults } from "../../api/v1alpha1/defaults.ts";
import { invoiceServiceKind, type InvoiceService } from "../../api/v1alpha1/invoice-service.ts";
import { repairInvoiceService } from "../../api/v1alpha1/validate.ts";
import { regimeCalendar, unknownRegime } from "../../calendar/regimes/regimes.ts";
import type { NamedCalendar } from "../../replay/announced.ts";
import type { BacktestInput } from "../../replay/backtest.ts";
import { kindOfManifest } from "../lint/kind-of.ts";
import { schemaRefusals } from "../lint/schema.ts";
import { calendarsIn } from "../manifest-calendars.ts";
import { nameOfManifest, readManifests } from "../manifests.ts";
import { UsageError, type CliContext } from "../verb.ts";

/** What a backtest is about: one service and its calendars. */

export interface Subject {
  name: string;
  service: BacktestInput["service"];
  notes: string[];
}

/** The one InvoiceService of a file. Throws a UsageError for what cannot be replayed. */
export async function subjectOf(context: CliContext): Promise<Subject> {
  const file = given(context, "service", "give the file of an InvoiceService");
  const { manifests, unreadable } = await readFrom(context, file);
  const services = manifests.filter((manifest) => kindOfManifest(manifest) === invoiceServiceKind);
  const [manifest] = services;
  if (!manifest || services.length > 1) {
    const [bad] = unreadable;
    const why = bad ? `${bad.file}:${bad.line}: ${bad.message}` : `${file} has ${services.length} InvoiceServices`;
    throw new UsageError(`--service: ${why}: give a file with one`);
  }
  const schema = schemaOf(invoiceServiceKind);
  const stored = withDefaults(schema, manifest.object) as InvoiceService;
  const [refusal] = schemaRefusals(schema, stored);
  if (refusal) {
    throw new UsageError(`${manifest.file}:${manifest.lineOf(refusal.field)}: ${refusal.field}: ${refusal.message}`);
  }
  const { spec, problems } = repairInvoiceService(stored.spec);
  const perReplica = capacityOf(context) ?? spec.scaling.perReplica;
  if (perReplica === undefined) {
    throw new UsageError(
      "spec.scaling.perReplica is missing: give the requests/s that one replica serves by --capacity",
    );
  }
  return {
    name: nameOfManifest(manifest),
    service: { ...stored, spec: { ...spec, scaling: { ...spec.scaling, perReplica } } },
    notes: problems.map(({ field, message }) => `${field}: ${message}`),
  };
}

function capacityOf(context: CliContext): number | undefined {
  const text = context.text("capacity");
  if (text === undefined) return undefined;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0) return value;
  throw new UsageError(`--capacity is "${text}": give the requests/s that one replica serves, for example 40`);
}

/** The calendars of a file, whatever they are called, or a regime. */
export async function calendarsOf(context: CliContext): Promise<{ calendars: NamedCalendar[]; refused: string[] }> {
  const named = given(context, "calendar", "give the file of a FilingCalendar, or a regime such as CN");
  const regime = regimeCalendar(named.toUpperCase());
  if (regime) return { calendars: [{ name: named.toUpperCase(), spec: regime }], refused: [] };
  if (!(await exists(named))) {
    throw new UsageError(`--calendar is "${named}": there is no such file, and ${unknownRegime(named)}`);
  }
  const { calendars, refused } = calendarsIn(await readFrom(context, named));
  if (calendars.length === 0) {
    throw new UsageError(`--calendar: ${refused[0] ?? `${named} has no FilingCalendar`}`);
  }
  return { calendars: calendars.map(({ metadata, spec }) => ({ name: metadata.name, spec })), refused };
}

function given(context: CliContext, flag: string, what: string): string {
  const text = context.text(flag);
  if (text === undefined) throw new UsageError(`--${flag} is missing: ${what}`);
  return text;
}

function readFrom(context: CliContext, file: string): ReturnType<typeof readManifests> {
  return readManifests({ ...context, operands: [], texts: () => [file], given: () => false });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
