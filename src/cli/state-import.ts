import { stateText } from "../forecast/state.ts";
import { isNotFound } from "../kube/errors.ts";
import { configMaps, type ConfigMap } from "../kube/resource.ts";
import { REFRESH } from "../operator/annotations.ts";
import { configMapOf, readConfigMap } from "../operator/forecast-store.ts";
import { invoiceServices } from "../operator/kinds.ts";
import { annotate, annotateRights } from "./annotate.ts";
import { missing, nameOf } from "./named-service.ts";
import { readStateFile } from "./state-file.ts";
import { EXIT, UsageError, type CliContext, type Verb } from "./verb.ts";

export const stateImport: Verb = {
  name: "state import",
  operands: "NAME",
  summary: "Give a service what was learnt before, of itself or of one like it; it takes the place of what there is",
  description:
    "The operator reads it at once and goes on learning from there. Windows that Prometheus still remembers and the file lacks are looked for again.",
  flags: {
    filename: {
      type: "string",
      short: "f",
      value: "FILE",
      help: "What `state export` printed, or - for standard input",
    },
  },
  examples: ["state import vat-issuing -n billing -f vat-issuing.json"],
  rights: [
    { verbs: ["get"], resource: "invoiceservices.invoiceops.dev" },
    { verbs: ["get", "create", "patch"], resource: "configmaps" },
    ...annotateRights,
  ],
  exits: {
    [EXIT.ok]: "the service has it",
    [EXIT.error]: "an error: FILE is no state, the ConfigMap is not one of ours, there is no service of this name",
  },
  async run(context) {
    const name = nameOf(context);
    const path = context.text("filename");
    if (path === undefined) throw new UsageError("-f is missing: give a file that `state export` printed, or -");
    const state = await readStateFile("filename", path, context);
    const { client, namespace } = context.cluster();
    const service = await client
      .get(invoiceServices, { namespace, name })
      .catch((error: unknown) => missing(context, name, error));
    const object = configMapOf(service.metadata, stateText(state));
    const present = await presentOf(context, object);
    const stored = present && readConfigMap(present, service.metadata);
    // A state that is damaged may be replaced by one that is not; what is somebody else's may not.
    if (stored && !stored.ok && !stored.ours) throw new Error(stored.message);
    if (present) {
      const { resourceVersion = "" } = present.metadata;
      await client.apply(configMaps, { ...object, metadata: { ...object.metadata, resourceVersion } }, { force: true });
    } else await client.create(configMaps, object);
    // The operator does not watch ConfigMaps: it is told to look.
    await annotate(context, { [REFRESH]: new Date(context.clock.now()).toISOString() });
    const { windows } = state;
    context.out(
      `${name} knows ${windows.length} windows${windows.length > 0 ? `, the last of ${windows.at(-1)?.period}` : ""}\n`,
    );
    return EXIT.ok;
  },
};

async function presentOf(context: CliContext, { metadata }: ConfigMap): Promise<ConfigMap | undefined> {
  try {
    return await context.cluster().client.get(configMaps, metadata);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
