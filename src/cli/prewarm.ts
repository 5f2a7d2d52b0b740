import { timestamp } from "../api/v1alpha1/conditions.ts";
import { MOST_REPLICAS, PREWARM, prewarmText } from "../operator/annotations.ts";
import { annotate, annotateExits, annotateRights } from "./annotate.ts";
import { nameOf } from "./named-service.ts";
import { durationFlag } from "./run.ts";
import { EXIT, UsageError, type CliContext, type Verb } from "./verb.ts";

export const prewarm: Verb = {
  name: "prewarm",
  operands: "NAME",
  summary: "Hold a floor of so many replicas for a while, whatever else is planned",
  flags: {
    replicas: { type: "string", value: "N", help: "How many; spec.scaling.maxReplicas still holds" },
    for: { type: "string", value: "DURATION", help: "How long, for example 2h; the floor ends by itself" },
  },
  examples: ["prewarm vat-issuing --replicas 24 --for 2h -n billing"],
  rights: annotateRights,
  exits: annotateExits("the floor is asked for"),
  async run(context) {
    const replicas = replicasOf(context);
    const length = context.text("for");
    if (length === undefined) throw new UsageError("--for is missing: say how long, for example --for 2h");
    const until = context.clock.now() + durationFlag("for", length);
    await annotate(context, { [PREWARM]: prewarmText({ replicas, until }) });
    context.out(`${nameOf(context)} has a floor of ${replicas} replicas until ${timestamp(until)}\n`);
    return EXIT.ok;
  },
};

function replicasOf(context: CliContext): number {
  const text = context.text("replicas");
  if (text === undefined) throw new UsageError("--replicas is missing: say how many, for example --replicas 12");
  const replicas = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (replicas >= 1 && replicas <= MOST_REPLICAS) return replicas;
  throw new UsageError(`--replicas is "${text}": give a whole number from 1 to ${MOST_REPLICAS}`);
}
