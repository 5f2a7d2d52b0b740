import { beforeAll, describe, expect, test } from "vitest";
import { bothHelms, objectsOf, renderedText, type Helm, type Rendered } from "../../support/chart.ts";
import { dashboards } from "../../support/dashboards.ts";

/** What others look at: monitors, dashboards, the network, people's rights, `helm test`. */

let helms: readonly [Helm, Helm];
beforeAll(async () => {
  helms = await bothHelms();
});

const SERVED = ["--api-versions=monitoring.coreos.com/v1"];

const render = async (values: object, args: readonly string[] = []): Promise<Rendered[]> =>
  objectsOf(await renderedText(helms[1], values, { args }));
const kindsOf = (objects: readonly Rendered[]): string[] => objects.map(({ kind }) => kind);
const one = (objects: readonly Rendered[], kind: string): Rendered => {
  const found = objects.filter((object) => object.kind === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
};

const specOf = (objects: readonly Rendered[], kind: string): Record<string, unknown> => one(objects, kind).spec ?? {};

describe.each([
  ["ServiceMonitor", "metrics.serviceMonitor"],
  ["PodMonitor", "metrics.podMonitor"],
  ["PrometheusRule", "prometheusRule"],
])("%s", (kind, key) => {
  const settings = (more: object = {}): object => {
    const [first, second] = key.split(".");
    const own = { enabled: true, ...more };
    return { [first!]: second ? { [second]: own } : own };
  };

  test("is not rendered unless asked for", async () => {
    expect(kindsOf(await render({}, SERVED))).not.toContain(kind);
  });

  test("is rendered where its kind is served, with the labels that the user's Prometheus selects by", async () => {
    const { metadata } = one(await render(settings({ additionalLabels: { release: "kps" } }), SERVED), kind);
    expect(metadata.labels).toMatchObject({ release: "kps", "app.kubernetes.io/name": "invoiceops" });
  });

  test("is left out where its kind is not served, rendered all the same, or refused: as renderMode says", async () => {
    expect(kindsOf(await render(settings()))).not.toContain(kind);
    expect(kindsOf(await render(settings({ renderMode: "alwaysRender" })))).toContain(kind);
    for (const helm of helms) {
      const failing = renderedText(helm, settings({ renderMode: "failIfMissing" }));
      await expect(failing).rejects.toThrow(`does not serve ${kind} of monitoring.coreos.com/v1`);
    }
    expect(kindsOf(await render(settings({ renderMode: "failIfMissing" }), SERVED))).toContain(kind);
  });
});

test("a ServiceMonitor and a PodMonitor together are refused: everything would be scraped twice", async () => {
  const metrics = { serviceMonitor: { enabled: true }, podMonitor: { enabled: true } };
  for (const helm of helms) await expect(renderedText(helm, { metrics })).rejects.toThrow(/both enabled.*choose one/);
});

test.each(["serviceMonitor", "podMonitor"])(
  "%s keeps the namespace of a service's figures, and finds the operator by its labels and port",
  async (name) => {
    const objects = await render({ metrics: { [name]: { enabled: true } } }, SERVED);
    const spec = specOf(
      objects,
      name.replace(/^./, (letter) => letter.toUpperCase()),
    );
    const [endpoint] = (spec["endpoints"] ?? spec["podMetricsEndpoints"]) as object[];
    expect(endpoint).toEqual({
      port: "http",
      path: "/metrics",
      honorLabels: true,
      interval: "30s",
      scrapeTimeout: "10s",
    });
    const { matchLabels } = spec["selector"] as { matchLabels: Record<string, string> };
    const target = name === "serviceMonitor" ? one(objects, "Service").metadata.labels : podLabels(objects);
    expect(target).toMatchObject(matchLabels);
  },
);

function podLabels(objects: readonly Rendered[]): Record<string, string> {
  const { template } = one(objects, "Deployment").spec as {
    template: { metadata: { labels: Record<string, string> } };
  };
  return template.metadata.labels;
}

describe("the notes after an installation", () => {
  // As text in an object: `helm template` shows no notes, and `helm install` asks a cluster.
  const asObject = `apiVersion: v1
kind: ConfigMap
metadata: { name: notes }
data: { text: {{ include "invoiceops/templates/NOTES.txt" . | toJson }} }`;
  const notes = async (helm: Helm, values: object, args: string[] = []): Promise<string> => {
    const objects = objectsOf(await renderedText(helm, { ...values, extraObjects: [asObject] }, { args }));
    return one(objects, "ConfigMap").data?.["text"] ?? "";
  };

  test("say the next three commands", async () => {
    for (const helm of helms) expect((await notes(helm, {})).match(/^ {2}kubectl .*/gm)).toHaveLength(3);
  });

  test.each([
    ["1.32.0", false],
    ["1.36.99", false],
    ["v1.37.0-alpha.1", true],
    ["v1.37.2-gke.1", true],
  ])("on Kubernetes %s they warn that it is newer than the tested one: %s", async (version, warned) => {
    for (const helm of helms)
      expect((await notes(helm, {}, ["--kube-version", version])).includes("WARNING: this is Kubernetes")).toBe(warned);
  });

  test("warn of a monitor that was left out", async () => {
    for (const helm of helms) {
      const text = await notes(helm, { metrics: { serviceMonitor: { enabled: true } } });
      expect(text).toContain("WARNING: the ServiceMonitor was left out");
    }
  });

  test("warn of a monitor that no Prometheus may select, and of alerts on metrics that nobody scrapes", async () => {
    for (const helm of helms) {
      const enabled = { enabled: true, renderMode: "alwaysRender" };
      expect(await notes(helm, { metrics: { podMonitor: enabled } })).toContain(
        "metrics.podMonitor.additionalLabels is empty",
      );
      const text = await notes(helm, { prometheusRule: { ...enabled, additionalLabels: { release: "kps" } } });
      expect(text).not.toContain("additionalLabels is empty");
      expect(text).toContain("InvoiceopsDown will fire");
    }
  });
});

describe("dashboards", () => {
  test("are ConfigMaps that Grafana's sidecar finds, with the files as they are", async () => {
    const settings = { enabled: true, namespace: "monitoring", annotations: { grafana_folder: "invoiceops" } };
    const maps = (await render({ dashboards: settings })).filter(({ kind }) => kind === "ConfigMap");
    const files = dashboards();
    expect(maps.map(({ metadata }) => metadata.name)).toEqual(
      files.map(({ file }) => `invoiceops-dashboard-${file.replace(".json", "")}`),
    );
    for (const [index, { metadata, data }] of maps.entries()) {
      const { file, text } = files[index]!;
      expect(metadata).toMatchObject({
        namespace: "monitoring",
        labels: { grafana_dashboard: "1" },
        annotations: { grafana_folder: "invoiceops" },
      });
      expect(data).toEqual({ [`invoiceops-${file}`]: text.trim() });
    }
  });

  test("may have another label for another sidecar", async () => {
    const settings = { enabled: true, sidecarLabel: "dashboards.example.com/load", sidecarLabelValue: "yes" };
    const labels = (await render({ dashboards: settings }))
      .filter(({ kind }) => kind === "ConfigMap")
      .map(({ metadata }) => metadata.labels?.["dashboards.example.com/load"]);
    expect(labels).toEqual(["yes", "yes"]);
  });
});

describe("a NetworkPolicy", () => {
  test("is off by default", async () => {
    expect(kindsOf(await render({}))).not.toContain("NetworkPolicy");
  });

  test("lets probes and scrapes in, and names, the API server and Prometheus out: nothing else", async () => {
    const objects = await render({ networkPolicy: { enabled: true } });
    const spec = specOf(objects, "NetworkPolicy");
    const { matchLabels } = spec["podSelector"] as { matchLabels: object };
    expect(podLabels(objects)).toMatchObject(matchLabels);
    expect(spec).toMatchObject({ policyTypes: ["Ingress", "Egress"] });
    expect(spec["ingress"]).toEqual([{ ports: [{ port: "http", protocol: "TCP" }] }]);
    const out = spec["egress"] as { ports: { port: number; protocol: string }[] }[];
    expect(out.map(({ ports }) => ports.map(({ port, protocol }) => `${port}/${protocol}`))).toEqual([
      ["53/UDP", "53/TCP"],
      ["443/TCP", "6443/TCP"],
      ["9090/TCP"],
    ]);
  });
});

const aggregated = async (values: object): Promise<Rendered[]> =>
  (await render(values)).filter(({ metadata }) =>
    Object.keys(metadata.labels ?? {}).some((label) => label.includes("aggregate-to")),
  );

describe("the cluster's own roles view, edit and admin", () => {
  test("get rights on InvoiceServices, and see FilingCalendars", async () => {
    const [view, edit] = await aggregated({});
    expect(view?.rules).toEqual([
      {
        apiGroups: ["invoiceops.dev"],
        resources: ["invoiceservices", "filingcalendars"],
        verbs: ["get", "list", "watch"],
      },
    ]);
    expect(edit?.metadata.labels).not.toHaveProperty(["rbac.authorization.k8s.io/aggregate-to-view"]);
    expect(edit?.rules?.[0]?.resources).toEqual(["invoiceservices"]);
  });

  test("get none where the user does not want that, or makes roles himself", async () => {
    expect(await aggregated({ rbac: { aggregateToDefaultRoles: false } })).toEqual([]);
    expect(await aggregated({ rbac: { create: false } })).toEqual([]);
  });
});

const hooks = async (values: object): Promise<Rendered[]> =>
  (await render(values)).filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"] !== undefined);

describe("helm test", () => {
  test("is the only hook, and runs the command in the operator's image with the operator's rights", async () => {
    const [pod, ...others] = await hooks({});
    expect(others).toEqual([]);
    expect(pod).toMatchObject({ kind: "Pod", metadata: { annotations: { "helm.sh/hook": "test" } } });
    expect(pod?.spec).toMatchObject({
      restartPolicy: "Never",
      serviceAccountName: "invoiceops",
      containers: [
        {
          image: expect.stringMatching(/^ghcr\.io\/invoiceops\/invoiceops:/) as string,
          command: ["/nodejs/bin/node", "/app/invoiceops.js"],
          args: ["check", "--namespace=invoiceops-system", "--wait=60s"],
        },
      ],
    });
  });

  test("its pod is none of the operator's: neither the Service nor the budget counts it", async () => {
    const [pod] = await hooks({});
    const { selector } = one(await render({}), "Service").spec as { selector: Record<string, string> };
    expect(pod?.metadata.labels).not.toMatchObject(selector);
  });

  test("may look for the Deployment where the operator itself has no rights, for as long as it runs", async () => {
    const found = await hooks({ watchNamespaces: ["billing"] });
    expect(kindsOf(found).toSorted()).toEqual(["Pod", "Role", "RoleBinding"]);
    expect(kindsOf(await hooks({ watchNamespaces: ["billing", "invoiceops-system"] }))).toEqual(["Pod"]);
  });

  test("can be left out", async () => {
    expect(await hooks({ tests: { enabled: false } })).toEqual([]);
  });
});
