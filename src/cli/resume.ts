import { PAUSED } from "../operator/annotations.ts";
import { annotate, annotateRights } from "./annotate.ts";
import { nameOf } from "./named-service.ts";
import { EXIT, type Verb } from "./verb.ts";

export const resume: Verb = {
  name: "resume",
  operands: "NAME",
  summary: "End the pause of an InvoiceService",
  flags: {},
  examples: ["resume vat-issuing -n billing"],
  rights: annotateRights,
  async run(context) {
    await annotate(context, { [PAUSED]: null });
    context.out(`${nameOf(context)} is not paused\n`);
    return EXIT.ok;
  },
};
