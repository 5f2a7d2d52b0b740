import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kinds } from "../../../src/api/v1alpha1/crd.ts";
import { lintObject } from "../../../src/cli/lint/lint-manifest.ts";
import { KubeError } from "../../../src/kube/errors.ts";
import type { KubeObject } from "../../../src/kube/resource.ts";
import { adminClient } from "../../support/admin-client.ts";
import { badObjects } from "../../support/bad-objects.ts";
import { misfits } from "../../support/misfits.ts";
import { useCluster } from "../../support/cluster.ts";
import { installCrds, withValues } from "../../support/crds.ts";

/** `invoiceops lint` says of an object what the real API server says, field by field and word by word. */

interface Refusal {
  field: string;
  message: string;
}

let client: ReturnType<typeof adminClient>;

beforeAll(async () => {
  const cluster = await useCluster();
  await installCrds(cluster);
  client = adminClient(cluster);
});
afterAll(() => client.transport.close());

const sorted = (refusals: readonly Refusal[]): Refusal[] =>
  refusals.toSorted((a, b) => (`${a.field} ${a.message}` < `${b.field} ${b.message}` ? -1 : 1));

describe.each(badObjects)("$definition.kind", ({ definition, resource, base, cases }) => {
  const kind = kinds.find((one) => one === definition)!;

  async function server(values: Record<string, unknown>): Promise<Refusal[]> {
    const object = withValues(base, values) as KubeObject;
    try {
      const name = object.metadata.name === base.metadata.name ? "lint-agreement" : object.metadata.name;
      await client.create(resource, { ...object, metadata: { ...object.metadata, name } });
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 422) throw error;
      const causes = (error.details?.causes ?? []).map(({ field = "", message = "" }) => ({ field, message }));
      // Beside the refusals: that rules were not looked at.
      return causes.filter(({ field }) => field !== "<nil>");
    }
    await client.delete(resource, { ...object.metadata, name: "lint-agreement" });
    return [];
  }

  function offline(values: Record<string, unknown>): Refusal[] {
    const object = { apiVersion: "invoiceops.dev/v1alpha1", kind: kind.kind, ...withValues(base, values) };
    // What goes over the wire: undefined is left out.
    const { refusals, unchecked } = lintObject(kind, JSON.parse(JSON.stringify(object)));
    expect(unchecked).toEqual([]);
    return refusals;
  }

  test("the object that the cases start from is taken by both", async () => {
    expect([offline({}), await server({})]).toEqual([[], []]);
  });

  test.each(cases.map(([values]) => [values]))("%j is refused in the same words", async (values) => {
    expect(sorted(offline(values))).toEqual(sorted(await server(values)));
  });

  test.each(misfits[kind.kind]!.map((values) => [values]))(
    "%j does not fit the schema, in the same words",
    async (values) => {
      const said = offline(values);
      expect(said).not.toEqual([]);
      expect(sorted(said)).toEqual(sorted(await server(values)));
    },
  );
});
