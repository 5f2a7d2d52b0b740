import { stateText } from "../forecast/state.ts";
import { isNotFound } from "../kube/errors.ts";
import { configMaps } from "../kube/resource.ts";
import { readConfigMap, refOf } from "../operator/forecast-store.ts";
import { invoiceServices } from "../operator/kinds.ts";
import { missing, nameOf } from "./named-service.ts";
import { EXIT, type Verb } from "./verb.ts";

export const stateExport: Verb = {
  name: "state export",
  operands: "NAME",
  summary: "Print what was learnt of a service's load, as JSON: for `state import`, `plan --state`, and to keep",
  flags: {},
  examples: ["state export vat-issuing -n billing > vat-issuing.json"],
  rights: [
    { verbs: ["get"], resource: "invoiceservices.invoiceops.dev" },
    { verbs: ["get"], resource: "configmaps" },
    {
      verbs: ["list"],
      resource: "invoiceservices.invoiceops.dev",
      without: "the names that come near, when there is none of the given name",
    },
  ],
  exits: {
    [EXIT.ok]: "printed",
    [EXIT.not]: "nothing has been learnt yet, or it is not kept",
    [EXIT.error]: "an error, such as a state that is damaged or of a newer version",
  },
  async run(context) {
    const name = nameOf(context);
    const { client, namespace } = context.cluster();
    const service = await client
      .get(invoiceServices, { namespace, name })
      .catch((error: unknown) => missing(context, name, error));
    const object = await client.get(configMaps, refOf(service.metadata)).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    const stored = object && readConfigMap(object, service.metadata);
    if (stored && !stored.ok) throw new Error(stored.message);
    if (!stored?.kept) {
      context.warn(`nothing is kept of ${name} yet: ForecastReady in "status ${name}" tells why\n`);
      return EXIT.not;
    }
    context.out(`${stateText(stored.kept.state)}\n`);
    return EXIT.ok;
  },
};
