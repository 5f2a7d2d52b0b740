import { beforeAll, expect, test } from "vitest";
import { bothHelms, objectsOf, renderedText, type Helm } from "../../support/chart.ts";
import { valuePaths, withValue } from "../../support/chart-values.ts";

/** `helm --set KEY=null`, or a key of a values file with nothing behind it: Helm takes the default away then. */

let helms: readonly [Helm, Helm];
beforeAll(async () => {
  helms = await bothHelms();
});

/** So that every template has something to render. */
const monitored = {
  metrics: { serviceMonitor: { enabled: true, renderMode: "alwaysRender" } },
  prometheusRule: { enabled: true, renderMode: "alwaysRender" },
  dashboards: { enabled: true },
  networkPolicy: { enabled: true },
  admissionPolicies: { enabled: true },
};

/** What the API server asks of a pod under the restricted profile. */
const restricted = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } }],
};

test("every value of null is refused by its name, or renders the same kinds without a hole", async () => {
  const usual = kindsOf(await renderedText(helms[1], monitored));
  const wrong: string[] = [];
  let refused = 0;
  for (const path of valuePaths()) {
    const text = await renderedText(helms[1], withValue(monitored, path, null)).catch((error: Error) => error);
    if (text instanceof Error) {
      const named = text.message.includes(`missing property '${path.at(-1)!}'`);
      if (named || text.message.includes(`at '/${path.join("/")}'`)) refused += 1;
      else wrong.push(`${path.join(".")}: ${text.message}`);
      continue;
    }
    const objects = objectsOf(text).filter(({ kind }) => kind !== "CustomResourceDefinition");
    const pods = objects.filter(({ kind }) => kind === "Deployment" || kind === "Pod");
    expect({ path, pods }).toMatchObject({
      path,
      pods: [{ spec: { template: { spec: restricted } } }, { spec: restricted }],
    });
    if (/%!|<nil>/.test(text) || hasHole(objects)) wrong.push(`${path.join(".")} leaves a hole`);
    if (kindsOf(text) !== usual) wrong.push(`${path.join(".")} renders ${kindsOf(text)}`);
  }
  expect(wrong).toEqual([]);
  expect(refused).toBeGreaterThan(20);
  // Some hundred and fifty times Helm, on a machine that may be busy.
}, 600_000);

function kindsOf(text: string): string {
  return objectsOf(text)
    .map(({ kind }) => kind)
    .join(", ");
}

/** Whether a field has nothing in it, as `securityContext:` without a value. */
function hasHole(node: unknown): boolean {
  if (node === null) return true;
  return typeof node === "object" && Object.values(node).some(hasHole);
}
