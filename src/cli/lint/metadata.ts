import type { Refusal } from "./refusal.ts";

/** What is refused of an object's metadata, which no schema of ours describes. */

const FIELDS = new Set([
  "name",
  "generateName",
  "namespace",
  "labels",
  "annotations",
  "finalizers",
  "ownerReferences",
  // Of objects that were read from a cluster; the server sets them itself.
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
]);

const SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

export function metadataRefusals(metadata: unknown): Refusal[] {
  const fields = isRecord(metadata) ? metadata : {};
  return [
    ...Object.keys(fields)
      .filter((name) => !FIELDS.has(name))
      .map((name) => ({ field: `metadata.${name}`, message: `unknown field "metadata.${name}"` })),
    ...nameRefusals(fields["name"], fields["generateName"]),
    ...["labels", "annotations"].flatMap((name) => textRefusals(`metadata.${name}`, fields[name])),
  ];
}

function nameRefusals(name: unknown, generateName: unknown): Refusal[] {
  const field = "metadata.name";
  if (name === undefined || name === null || name === "") {
    const generated = typeof generateName === "string" && generateName !== "";
    return generated ? [] : [{ field, message: "Required value: name or generateName is required" }];
  }
  if (typeof name !== "string") return [notText(field, name)];
  if (new RegExp(`^${SUBDOMAIN}$`).test(name) && name.length <= 253) return [];
  return [
    {
      field,
      message: `Invalid value: ${JSON.stringify(name)}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
    },
  ];
}

/** Values of labels and annotations are texts: `paused: true` is not one, `paused: "true"` is. */
function textRefusals(field: string, values: unknown): Refusal[] {
  if (!isRecord(values)) return [];
  return Object.entries(values)
    .filter(([, value]) => typeof value !== "string" && value !== null)
    .map(([name, value]) => notText(`${field}[${name}]`, value));
}

function notText(field: string, value: unknown): Refusal {
  const quoted = typeof value === "object" ? "" : `: write it in quotes, "${JSON.stringify(value)}"`;
  return { field, message: `is not a text${quoted}` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
