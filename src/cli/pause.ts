import { timestamp } from "../api/v1alpha1/conditions.ts";
import { PAUSED } from "../operator/annotations.ts";
import { annotate, annotateExits, annotateRights } from "./annotate.ts";
import { nameOf } from "./named-service.ts";
import { durationFlag } from "./run.ts";
import { EXIT, UsageError, type Verb } from "./verb.ts";

export const pause: Verb = {
  name: "pause",
  operands: "NAME",
  summary: "Freeze the capacity of an InvoiceService for a while: nothing is raised and nothing given back",
  flags: { for: { type: "string", value: "DURATION", help: "How long, for example 2h; the pause ends by itself" } },
  examples: ["pause vat-issuing --for 2h -n billing"],
  rights: annotateRights,
  exits: annotateExits("it is paused"),
  async run(context) {
    const length = context.text("for");
    if (length === undefined) throw new UsageError("--for is missing: say how long, for example --for 2h");
    const until = timestamp(context.clock.now() + durationFlag("for", length));
    await annotate(context, { [PAUSED]: until });
    context.out(`${nameOf(context)} is paused until ${until}\n`);
    return EXIT.ok;
  },
};
