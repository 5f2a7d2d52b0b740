import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { command, standingAt } from "../../../test/support/command.ts";
import { temporaryFolder } from "../../../test/support/temporary-folder.ts";

const good = `apiVersion: invoiceops.dev/v1alpha1
kind: InvoiceService
metadata:
  name: vat
  namespace: billing
spec:
  workload: {apiVersion: apps/v1, kind: Deployment, name: vat-api}
  demand:
    query: sum(rate(http_requests_total[2m]))
  scaling:
    minReplicas: 2
    maxReplicas: 20
`;
const run = (args: readonly string[], input = "") =>
  command(["lint", ...args], { input, clock: standingAt("2026-11-01T00:00:00Z") });
const lines = async (input: string): Promise<string[]> => (await run(["-f", "-"], input)).out.trim().split("\n");

test("what is good has no words but the count, and code 0", async () => {
  expect(await run(["-f", "-"], good)).toEqual({ code: 0, out: "", warned: "1 object of ours, nothing refused\n" });
});

test("each complaint has file, line, field, words and object; the one after a bad document is read too", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "all.yaml");
  const second = good.replace("name: vat\n", "name: payroll\n").replace("minReplicas: 2", "minReplicas: 50");
  writeFileSync(file, `${good.replace("maxReplicas: 20", "maxReplicas: many")}---\nkind: [\n---\n${second}`);
  const { code, out, warned } = await run(["-f", file]);
  expect(code).toBe(1);
  const [first, broken, ...rest] = out.trim().split("\n");
  expect(first).toBe(
    `${file}:12: spec.scaling.maxReplicas: Invalid value: "string": spec.scaling.maxReplicas in body must be of type integer: "string" (InvoiceService billing/vat)`,
  );
  expect(broken).toMatch(new RegExp(`^${file}:1[45]: `));
  expect(rest).toEqual([
    `${file}:26: spec.scaling.minReplicas: Invalid value: spec.scaling.minReplicas is 50, above maxReplicas 20: lower the one or raise the other (InvoiceService billing/payroll)`,
  ]);
  expect(warned).toBe("2 objects of ours, 3 refused\n");
});

describe("what is read", () => {
  test.each<[string, string, string[]]>([
    ["other kinds are left alone", "apiVersion: v1\nkind: Secret\nspec: 5\n", [""]],
    ["comments and nothing", "# none\n---\n---\n", [""]],
    ["a text", "hello\n", ["standard input:1: is no object"]],
    [
      "a kind that our group does not have",
      "apiVersion: invoiceops.dev/v1alpha1\nkind: InvoiceServer\n",
      [
        "standard input:2: kind: there is no kind InvoiceServer in invoiceops.dev/v1alpha1: invoiceops.dev/v1alpha1 has InvoiceService and FilingCalendar (InvoiceServer (without a name))",
      ],
    ],
    [
      "a version that our group does not have",
      "apiVersion: invoiceops.dev/v1\nkind: InvoiceService\nmetadata: {name: vat}\n",
      [
        "standard input:1: apiVersion: there is no kind InvoiceService in invoiceops.dev/v1: invoiceops.dev/v1alpha1 has InvoiceService and FilingCalendar (InvoiceService vat)",
      ],
    ],
    [
      "the items of a List",
      `apiVersion: v1\nkind: List\nitems:\n- apiVersion: invoiceops.dev/v1alpha1\n  kind: FilingCalendar\n  metadata: {name: vat}\n  spec: {}\n`,
      [
        "standard input:7: spec: Invalid value: spec has none of regime, monthly, filings and dates: give one (FilingCalendar vat)",
        "standard input:7: spec: Invalid value: spec.timeZone is missing: write a place such as Asia/Shanghai (only a regime has a zone of its own) (FilingCalendar vat)",
      ],
    ],
    [
      "an object without a name",
      good.replace("  name: vat\n", ""),
      [
        "standard input:3: metadata.name: Required value: name or generateName is required (InvoiceService billing/(without a name))",
      ],
    ],
    ["an object whose name the API server makes", good.replace("  name: vat\n", "  generateName: vat-\n"), [""]],
    [
      "a truth value where a text belongs",
      good.replace("  namespace: billing", "  namespace: billing\n  annotations: {invoiceops.dev/paused: true}"),
      [
        `standard input:6: metadata.annotations[invoiceops.dev/paused]: is not a text: write it in quotes, "true" (InvoiceService billing/vat)`,
      ],
    ],
    [
      "a field of the metadata that there is not",
      good.replace("  namespace: billing", "  namespace: billing\n  lables: {}"),
      [`standard input:6: metadata.lables: unknown field "metadata.lables" (InvoiceService billing/vat)`],
    ],
    [
      "anchors and merges",
      good.replace("  workload: {", "  workload: &w {").replace("  scaling:", "  calendars: [{<<: *w}]\n  scaling:"),
      [
        'standard input:10: spec.calendars[0].apiVersion: unknown field "spec.calendars[0].apiVersion" (InvoiceService billing/vat)',
        'standard input:10: spec.calendars[0].kind: unknown field "spec.calendars[0].kind" (InvoiceService billing/vat)',
      ],
    ],
    ["an alias of nothing", "a: *none\n", [expect.stringMatching(/^standard input:1: .*none/) as string]],
    [
      "words of YAML 1.1, as kubectl reads them",
      good.replace("  scaling:", "    emptyMeansZero: yes\n  scaling:"),
      [""],
    ],
  ])("%s", async (_, text, said) => {
    expect(await lines(text)).toEqual(said);
  });

  test("a folder's own files, with -R those below", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "below"));
    writeFileSync(join(folder, "a.yaml"), good);
    writeFileSync(join(folder, "notes.txt"), "no: [");
    writeFileSync(join(folder, "below", "b.yml"), good);
    expect((await run(["-f", folder])).warned).toBe("1 object of ours, nothing refused\n");
    expect((await run(["-f", folder, "-R"])).warned).toBe("2 objects of ours, nothing refused\n");
  });
});

test("what the API server takes and the operator does not is refused too, on its line", async () => {
  const events = `  events:
  - {name: d11, timeZone: Asia/Shanghai, start: 2026-11-11T00:00, end: 2026-11-12T00:00, replicas: 9}
  - {name: d12, timeZone: Asia/Nowhere, start: 2026-12-11T00:00, end: 2026-12-12T00:00, replicas: 9}
`;
  expect(await lines(good.replace("  scaling:", `${events}  scaling:`))).toEqual([
    expect.stringMatching(
      /^standard input:12: spec\.events\[d12\]\.timeZone: "Asia\/Nowhere" is not an IANA time zone: .* \(InvoiceService billing\/vat\)$/,
    ),
  ]);
});

test("a regime that is not built in is refused, and in a calendar too", async () => {
  const calendar = `---\napiVersion: invoiceops.dev/v1alpha1\nkind: FilingCalendar\nmetadata: {name: xx}\nspec: {regime: XX}\n`;
  const text = good.replace("  scaling:", "  calendars: [{regime: CN}, {regime: XX}]\n  scaling:") + calendar;
  expect(await lines(text)).toEqual([
    expect.stringMatching(/^standard input:10: spec\.calendars\[1\]\.regime: "XX" is not a regime .*\(InvoiceService/),
    expect.stringMatching(/^standard input:\d+: spec\.regime: "XX" is not a regime .*\(FilingCalendar xx\)$/),
  ]);
});

test("-o json has the same", async () => {
  const { code, out } = await run(["-f", "-", "-o", "json"], good.replace("minReplicas: 2", "minReplicas: 0"));
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({
    objects: 1,
    refused: [
      {
        file: "standard input",
        line: 11,
        object: "InvoiceService billing/vat",
        field: "spec.scaling.minReplicas",
        message: "Invalid value: 0: spec.scaling.minReplicas in body should be greater than or equal to 1",
      },
    ],
    unchecked: [],
  });
});

test.each<[string[], RegExp]>([
  [[], /^-f is missing: give a file, a folder, or - for standard input\n/],
  [["billing.yaml"], /^billing\.yaml stands alone: write -f billing\.yaml\n/],
  [["-f", "/nowhere/a.yaml"], /^\/nowhere\/a\.yaml cannot be read: /],
  [["-f", "-", "-o", "table"], /^-o is "table"/],
])("lint %j is refused in words, with code 2", async (args, message) => {
  const { code, warned } = await run(args);
  expect(code).toBe(2);
  expect(warned).toMatch(message);
});
