import { durationRules, format, matches } from "./rules.ts";
import * as s from "./schema.ts";

/** The sections of an InvoiceService that say where its load is read: `prometheus` and `demand`. */

const secretName = s.string("Name of a Secret in the same namespace.");
const secretKey = (description: string): s.Schema<string> => s.string(description);

const authorization = s.object(
  "How to authenticate. Exactly one of bearer and basic.",
  {
    bearer: s.optional(
      s.object("A bearer token.", {
        secretName,
        key: s.withDefault("token", secretKey("Key of the Secret that holds the token.")),
      }),
    ),
    basic: s.optional(
      s.object(
        "User name and password: the keys username and password of a Secret (type kubernetes.io/basic-auth fits).",
        {
          secretName,
        },
      ),
    ),
  },
  {
    rules: [
      {
        rule: "has(self.bearer) != has(self.basic)",
        message: "spec.prometheus.authorization needs exactly one of bearer and basic: remove one, or give one",
        messageExpression:
          "'spec.prometheus.authorization has ' + (has(self.basic) ? 'both bearer and basic: remove one of them' : 'neither bearer nor basic: give one, or leave authorization out')",
      },
    ],
  },
);

export const prometheus = s.object(
  "Where metrics are read. Left out: the operator's own --prometheus-url.",
  {
    url: s.optional(
      s.string(
        "Address of a server with the Prometheus HTTP API (Prometheus, Thanos, Mimir, VictoriaMetrics), path prefix included, for example http://prometheus.monitoring:9090.",
        {
          max: 1024,
          rules: [
            matches(
              "spec.prometheus.url",
              "^https?://[^/@ ]+(/[^@ ]*)?$",
              "an http or https address without user and password",
              "write it as http://prometheus.monitoring:9090, and credentials into a Secret named by authorization",
            ),
          ],
        },
      ),
    ),
    authorization: s.optional(authorization),
    ca: s.optional(
      s.object("Certificate authorities to trust instead of the system's.", {
        secretName,
        key: s.withDefault("ca.crt", secretKey("Key of the Secret that holds the PEM bundle.")),
      }),
    ),
    headers: s.optional(
      s.object(
        "Extra request headers, for example X-Scope-OrgID: each key of the Secret is a header's name, its value the header's.",
        {
          secretName,
        },
      ),
    ),
    timeout: s.withDefault(
      "5s",
      s.string("How long one query may take, for example 5s.", {
        max: 32,
        rules: durationRules("spec.prometheus.timeout", { positive: true }),
      }),
    ),
  },
  {
    rules: [
      {
        rule: "has(self.url) || !(has(self.authorization) || has(self.ca) || has(self.headers))",
        message:
          "spec.prometheus has authorization, ca or headers but no url: give the url that they are for; the operator's own --prometheus-url has its own",
      },
    ],
  },
);

/** The text says something. */
function notBlank(field: string, fix: string): s.Rule {
  return { rule: "self.matches(r'[^[:space:]]')", message: `${field} is empty: ${fix}` };
}

const query = s.string(
  "PromQL that gives the demand in requests/s, as offered (errors and retries included). Sent exactly as written; services with the same query are asked once.",
  {
    max: 4096,
    rules: [notBlank("spec.demand.query", "write PromQL such as sum(rate(http_requests_total[2m]))")],
  },
);
const select = s.map(
  "Labels of the one series to take from the answer. Left out: the answer must have one series.",
  s.string("The label's value.", { max: 1024 }),
  {
    max: 16,
    rules: [
      {
        rule: "size(self) > 0",
        message: "select is empty: name the labels of the one series to take, or leave select out",
      },
      {
        rule: "self.all(label, label.matches(r'^[a-zA-Z_][a-zA-Z0-9_]{0,127}$'))",
        message: "select has a key that is no label name: use letters, digits and underscores",
        messageExpression: format(
          'select has the key "%s", which is no label name: use letters, digits and underscores, not starting with a digit',
          "self.filter(label, !label.matches(r'^[a-zA-Z_][a-zA-Z0-9_]{0,127}$'))[0]",
        ),
      },
    ],
  },
);
const emptyMeansZero =
  "Whether an empty answer means no load. Otherwise it is a failure to read, which never scales down.";

const signal = s.object("Another measure of load; the signal that needs most replicas wins.", {
  name: s.string("A name of your choice, unique in the list; it appears in messages.", { max: 63 }),
  query: s.string("PromQL that gives this signal as one number, in any unit.", {
    max: 4096,
    rules: [notBlank("query", "write PromQL")],
  }),
  select: s.optional(select),
  perReplica: s.number("How much of this signal one replica can take, in the unit of the query.", { above: 0 }),
  emptyMeansZero: s.optional(s.boolean(emptyMeansZero)),
});

export const demand = s.object("The load that the service gets.", {
  query,
  select: s.optional(select),
  emptyMeansZero: s.withDefault(false, s.boolean(emptyMeansZero)),
  signals: s.optional(
    s.list("More measures of load. One that cannot be read blocks scaling down and nothing else.", signal, {
      max: 8,
      key: "name",
    }),
  ),
});
