import { PAUSED } from "../operator/annotations.ts";
import { annotate, annotateExits, annotateRights } from "./annotate.ts";
import { nameOf } from "./named-service.ts";
import { EXIT, type Verb } from "./verb.ts";

export const resume: Verb = {
  name: "resume",
  operands: "NAME",
  summary: "End the pause of an InvoiceService",
  flags: {},
  examples: ["resume vat-issuing -n billing"],
  rights: annotateRights,
  exits: annotateExits("it is not paused"),
  async run(context) {
    await annotate(context, { [PAUSED]: null });
    context.out(`${nameOf(context)} is not paused\n`);
    return EXIT.ok;
  },
};
