import { describe, expect, test } from "vitest";
import { ConfigError, readConfig, USAGE, type Config } from "./config.ts";

const read = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Config => {
  const config = readConfig(args, env);
  if (!config) throw new Error("help was asked for");
  return config;
};

test("Without flags there are defaults, and nothing where something else knows better", () => {
  expect(read()).toEqual({
    evaluationIntervalMs: 30_000,
    leaderElect: true,
    leaseName: "invoiceops",
    port: 8080,
    kubeQps: 200,
    kubeBurst: 400,
    concurrency: 10,
    logLevel: "info",
  });
});

test("The configuration cannot be changed afterwards", () => {
  expect(Object.isFrozen(read())).toBe(true);
});

describe("where a value comes from", () => {
  test.each<[string, string[], NodeJS.ProcessEnv, Partial<Config>]>([
    ["a flag", ["--lease-name=other"], {}, { leaseName: "other" }],
    ["a flag and its value apart", ["--lease-name", "other"], {}, { leaseName: "other" }],
    ["the environment", [], { INVOICEOPS_LEASE_NAME: "other" }, { leaseName: "other" }],
    ["the flag before the environment", ["--lease-name=a"], { INVOICEOPS_LEASE_NAME: "b" }, { leaseName: "a" }],
    ["an empty variable is none", [], { INVOICEOPS_LEASE_NAME: "" }, { leaseName: "invoiceops" }],
    ["every dash is an underscore", [], { INVOICEOPS_EVALUATION_INTERVAL: "1m" }, { evaluationIntervalMs: 60_000 }],
    [
      "projects of Argo CD",
      ["--argocd-projects=argocd/billing, argocd/tax"],
      {},
      {
        argocdProjects: [
          { namespace: "argocd", name: "billing" },
          { namespace: "argocd", name: "tax" },
        ],
      },
    ],
    ["a folder", ["--holidays-dir=/etc/holidays"], {}, { holidaysDir: "/etc/holidays" }],
    ["a port of ours", [], { INVOICEOPS_PORT: "9090" }, { port: 9090 }],
    [
      "not the address of a Service that is called invoiceops",
      [],
      { INVOICEOPS_PORT: "tcp://10.0.0.7:8080" },
      { port: 8080 },
    ],
  ])("%s", (_, args, env, expected) => {
    expect(read(args, env)).toMatchObject(expected);
  });
});

describe("what cannot be used is refused by name, with what to write instead", () => {
  test.each([
    ["--port=http", '--port is "http": give a whole number from 0 to 65535'],
    ["--port=65536", '--port is "65536": give a whole number from 0 to 65535'],
    ["--kube-qps=0", '--kube-qps is "0": give a whole number from 1 to 1000000'],
    ["--concurrency=2.5", '--concurrency is "2.5": give a whole number from 1 to 1000000'],
    ["--kube-burst=1e3", '--kube-burst is "1e3": give a whole number from 1 to 1000000'],
    ["--leader-elect=yes", '--leader-elect is "yes": give one of true, false'],
    ["--log-level=trace", '--log-level is "trace": give one of debug, info, warn, error'],
    ["--evaluation-interval=30", '--evaluation-interval is "30": give a duration of 1s or more, for example 30s'],
    ["--evaluation-interval=500ms", '--evaluation-interval is "500ms": give a duration of 1s or more, for example 30s'],
    [
      "--watch-namespaces=billing,Tax",
      '--watch-namespaces has "Tax", which is no namespace: write them as billing,tax',
    ],
    ["--watch-namespaces=billing,", '--watch-namespaces has "", which is no namespace: write them as billing,tax'],
    [
      "--prometheus-url=prometheus:9090",
      "--prometheus-url is no http or https address: write it as http://prometheus.monitoring:9090",
    ],
  ])("%s", (arg, message) => {
    expect(() => read([arg])).toThrow(new ConfigError(message));
  });

  test.each(["--no-such-flag", "positional", "--port"])("%s, with the way to the list of flags", (arg) => {
    expect(() => read([arg])).toThrow(/; --help lists the flags$/);
    expect(() => read([arg])).toThrow(ConfigError);
  });

  test("an address without repeating it: it may hold a password", () => {
    const url = "htps://scraper:hunter2@prometheus:9090";
    expect(() => read([`--prometheus-url=${url}`])).toThrow(/^((?!hunter2).)*$/);
  });
});

test.each([
  ["billing", ["billing"]],
  ["billing, tax,billing", ["billing", "tax"]],
])("The namespaces %s are watched, each once", (text, watchNamespaces) => {
  expect(read([`--watch-namespaces=${text}`])).toMatchObject({ watchNamespaces });
});

test("An address with a password is taken as it is", () => {
  const prometheusUrl = "https://scraper:hunter2@prometheus:9090/prefix";
  expect(read([`--prometheus-url=${prometheusUrl}`])).toMatchObject({ prometheusUrl });
});

test("Help is no configuration, and names every flag and its variable's form", () => {
  expect(readConfig(["--help"], {})).toBeUndefined();
  for (const flag of ["kubeconfig", "context", "prometheus-url", "watch-namespaces", "lease-namespace", "host"]) {
    expect(USAGE).toContain(`  --${flag} `);
  }
  expect(USAGE).toContain("INVOICEOPS_PROMETHEUS_URL for --prometheus-url");
});
