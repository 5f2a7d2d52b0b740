import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KindDefinition } from "../../src/api/v1alpha1/kind.ts";
import type { JsonSchema, Rule } from "../../src/api/v1alpha1/schema.ts";
import { KubeError } from "../../src/kube/errors.ts";
import type { KubeObject } from "../../src/kube/resource.ts";
import { adminClient } from "../support/admin-client.ts";
import { badObjects } from "../support/bad-objects.ts";
import { useCluster } from "../support/cluster.ts";
import { installCrds, withValues } from "../support/crds.ts";

/** What the API server refuses, and the message that the user reads. Every rule of the schemas has a case. */

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

describe.each(badObjects)("$definition.kind", ({ definition, resource, base, cases }) => {
  const read: Refusal[] = [];

  /** What the API server says to the object; an empty list when it takes it. */
  async function refusalsOf(values: Record<string, unknown>): Promise<Refusal[]> {
    const object = withValues(base, values) as KubeObject;
    try {
      await client.apply(resource, object, { dryRun: true });
      return [];
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 422) throw error;
      return (error.details?.causes ?? []).map(({ field = "", message = "" }) => ({ field, message }));
    }
  }

  test("the object that the cases start from is taken", async () => {
    expect(await refusalsOf({})).toEqual([]);
  });

  test.each(cases)("%j is refused at %s: %s", async (values, field, message) => {
    const refusals = await refusalsOf(values);
    read.push(...refusals);
    expect(refusals).toContainEqual({ field, message: expect.stringContaining(message) });
  });

  test("every rule has been read", () => {
    const unread = rulesOf(definition).filter(
      ({ field, words }) => !read.some((refusal) => plain(refusal.field) === field && refusal.message.includes(words)),
    );
    expect(unread).toEqual([]);
  });
});

/** Every rule of a kind: the field to blame and the most telling words of its message. */
function rulesOf({ spec, status }: KindDefinition): { field: string; words: string }[] {
  return [...below("spec", spec), ...below("status", status)];
}

function below(path: string, schema: JsonSchema): { field: string; words: string }[] {
  const own = (schema["x-kubernetes-validations"] ?? []).map((rule) => ({
    field: path + (rule.fieldPath ?? ""),
    words: wordsOf(rule),
  }));
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    below(`${path}.${name}`, field),
  );
  return [...own, ...properties, ...(schema.items ? below(path, schema.items) : [])];
}

function wordsOf({ message, messageExpression }: Rule): string {
  // The longest stretch between the values of a message.
  const stretches = messageExpression?.match(/'[^']*'/g)?.flatMap((text) => text.slice(1, -1).split(/%[sd]/)) ?? [
    message,
  ];
  return stretches.reduce((longest, text) => (text.length > longest.length ? text : longest));
}

/** A path without the indexes of lists. */
function plain(field: string): string {
  return field.replaceAll(/\[[^\]]*\]/g, "");
}
