import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { regimeOf } from "../calendar/regimes/regimes.ts";
import { isForbidden, isNotFound } from "../kube/errors.ts";
import type { KubeObject } from "../kube/resource.ts";
import { filingCalendars, invoiceServices } from "../operator/kinds.ts";
import { follow } from "./follow.ts";
import { misfitOf } from "./misfit.ts";
import { missing, nameOf } from "./named-service.ts";
import { formatOf, outputFlag, printedAs } from "./output.ts";
import { screen } from "./status/screen.ts";
import { statusView, type StatusView } from "./status/view.ts";
import { EXIT, type CliContext, type Verb } from "./verb.ts";

type Service = InvoiceService & KubeObject;

/** How often a screen that is followed shows the time that is left anew. */
const REDRAW_MS = 10_000;
/** Clears the screen and goes to its first line; what was scrolled away before stays. */
const CLEAR = "\u001B[2J\u001B[H";

export const status: Verb = {
  name: "status",
  operands: "NAME",
  summary: "Show one InvoiceService on one screen: window, demand, floor and its owner, what it waits for",
  flags: {
    watch: { type: "boolean", short: "w", help: "Show it again after each change, until Ctrl-C" },
    output: outputFlag,
  },
  examples: ["status vat-issuing -n billing", "status vat-issuing -w", "status vat-issuing -o json"],
  rights: [
    { verbs: ["get"], resource: "invoiceservices.invoiceops.dev" },
    {
      verbs: ["list"],
      resource: "invoiceservices.invoiceops.dev",
      without: "the names that come near, when there is none of the given name; -w",
    },
    { verbs: ["watch"], resource: "invoiceservices.invoiceops.dev", without: "-w" },
    {
      verbs: ["get"],
      resource: "filingcalendars.invoiceops.dev",
      where: "the cluster",
      without: "times in the calendar's own zone; they are in UTC then",
    },
  ],
  exits: {
    [EXIT.ok]: "the service is ready",
    [EXIT.not]: "it is not, or with -w was deleted",
    [EXIT.error]: "an error, such as no service of this name",
  },
  async run(context) {
    const name = nameOf(context);
    formatOf(context);
    const { client, namespace } = context.cluster();
    const ref = { namespace, name };
    const service = await client.get(invoiceServices, ref).catch((error: unknown) => missing(context, name, error));
    const zones = await zonesOf(context, service);
    let ready = false;
    const show = (shown: Service): void => {
      const view = viewOf(shown, context.clock.now(), (calendar) => zones.get(calendar));
      ready = typeof view === "object" && view.ready;
      if (typeof view === "object") print(context, view);
      else context.warn(`${view}\n`);
    };
    if (!context.given("watch")) {
      show(service);
      return ready ? EXIT.ok : EXIT.not;
    }
    // A screen is drawn over; what is read by a program, or piped, is told what has changed and nothing else.
    const redraw = context.terminal && formatOf(context) === undefined ? { every: REDRAW_MS } : {};
    const last = await follow(context, invoiceServices, ref, { show, ...redraw });
    if (!last) context.warn(`InvoiceService ${name} is gone\n`);
    return last && ready ? EXIT.ok : EXIT.not;
  },
};

/** The view, or what is wrong with an object of which there can be none. */
function viewOf(service: Service, now: number, zoneOf: (calendar: string) => string | undefined): StatusView | string {
  try {
    return statusView(service, now, zoneOf);
  } catch (error) {
    const misfit = misfitOf(service);
    if (misfit === undefined) throw error;
    return misfit;
  }
}

function print(context: CliContext, view: StatusView): void {
  if (formatOf(context) === "yaml" && context.given("watch")) context.out("---\n");
  if (printedAs(context, () => view)) return;
  const { clock, paint, terminal } = context;
  const text = screen(view, { now: clock.now(), paint, ...(terminal ? { columns: terminal.columns } : {}) });
  const redrawn = context.given("watch") && terminal !== undefined;
  context.out(`${redrawn ? CLEAR : ""}${text}${context.given("watch") && !terminal ? "\n" : ""}`);
}

/** The zones of the calendars that may be read, by name or code. */
async function zonesOf({ cluster, signal }: CliContext, service: Service): Promise<Map<string, string>> {
  const { client } = cluster();
  const { calendars } = service.spec ?? {};
  const found = (Array.isArray(calendars) ? calendars : []).map(async ({ name, regime }) => {
    if (regime !== undefined) return named(regime, regimeOf(regime)?.spec.timeZone);
    if (name === undefined) return [];
    try {
      const { spec } = await client.get(filingCalendars, { name }, { signal });
      return named(name, spec.timeZone ?? regimeOf(spec.regime ?? "")?.spec.timeZone);
    } catch (error) {
      if (isForbidden(error) || isNotFound(error)) return [];
      throw error;
    }
  });
  return new Map((await Promise.all(found)).flat());
}

function named(calendar: string, zone: string | undefined): [string, string][] {
  return zone === undefined ? [] : [[calendar, zone]];
}
