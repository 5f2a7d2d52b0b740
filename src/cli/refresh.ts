import { REFRESH } from "../operator/annotations.ts";
import { annotate, annotateExits, annotateRights } from "./annotate.ts";
import { nameOf } from "./named-service.ts";
import { EXIT, type Verb } from "./verb.ts";

export const refresh: Verb = {
  name: "refresh",
  operands: "NAME",
  summary: "Look at an InvoiceService now, and try again what was given up, such as a contested field",
  flags: {},
  examples: ["refresh vat-issuing -n billing"],
  rights: annotateRights,
  exits: annotateExits("it is looked at again"),
  async run(context) {
    // To the millisecond: what was given up within this second is tried again too.
    await annotate(context, { [REFRESH]: new Date(context.clock.now()).toISOString() });
    context.out(`${nameOf(context)} is looked at again\n`);
    return EXIT.ok;
  },
};
