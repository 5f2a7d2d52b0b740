import { lintManifest } from "./lint/lint-manifest.ts";
import { filesFlag, nameOfManifest, readManifests, recursiveFlag } from "./manifests.ts";
import { formatOf, outputFlag, printedAs } from "./output.ts";
import { EXIT, type Verb } from "./verb.ts";

/** One thing that is wrong, and where. Its fields are the JSON output: they are added, never renamed. */
interface Complaint {
  file: string;
  line: number;
  /** `InvoiceService billing/vat`; absent for what cannot be read. */
  object?: string;
  field?: string;
  message: string;
}

export const lint: Verb = {
  name: "lint",
  operands: "",
  summary:
    "Check InvoiceServices and FilingCalendars in files: schema, rules and what the operator refuses; needs no cluster",
  description:
    "Says what the API server would say to the same object, with its fields and words, and what the operator cannot use although the API server takes it, such as a time zone that does not exist. Other kinds are left alone. A rule that cannot be evaluated here is named. What a chart renders is checked by helm template . | kubectl invoiceops lint -f -",
  flags: { filename: filesFlag, recursive: recursiveFlag, output: outputFlag },
  examples: ["lint -f billing.yaml", "lint -f deploy/ -R", "lint -f - < rendered.yaml"],
  rights: [],
  exits: {
    [EXIT.ok]: "nothing is refused",
    [EXIT.not]: "something is refused, and named",
    [EXIT.error]: "a file cannot be read, a rule could not be checked, or the command line is wrong",
  },
  async run(context) {
    formatOf(context);
    const { manifests, unreadable } = await readManifests(context);
    const refused: Complaint[] = [...unreadable];
    const unchecked: Complaint[] = [];
    let ours = 0;
    for (const manifest of manifests) {
      const { file, object, lineOf } = manifest;
      const found = lintManifest(manifest, context.clock.now());
      ours += found.ours ? 1 : 0;
      const named = `${String(object.kind)} ${nameOfManifest(manifest)}`;
      const complain = ({ field, message }: { field: string; message: string }): Complaint => ({
        file,
        line: lineOf(field),
        object: named,
        field,
        message,
      });
      refused.push(...found.refusals.map(complain));
      unchecked.push(...found.unchecked.map(complain));
    }
    refused.sort(byPlace([...unreadable, ...manifests].map(({ file }) => file)));
    if (!printedAs(context, () => ({ objects: ours, refused, unchecked }))) {
      for (const complaint of refused) context.out(`${lineText(complaint)}\n`);
      for (const complaint of unchecked) context.out(`${lineText(complaint)} [not checked offline]\n`);
      context.warn(`${summary(ours, refused.length, unchecked.length)}\n`);
    }
    if (refused.length > 0) return EXIT.not;
    return unchecked.length > 0 ? EXIT.error : EXIT.ok;
  },
};

/** In the order of the files, as they were given, and of their lines. */
function byPlace(files: readonly string[]): (a: Complaint, b: Complaint) => number {
  const order = new Map(files.toReversed().map((file, index) => [file, index]));
  return (a, b) => (order.get(b.file) ?? 0) - (order.get(a.file) ?? 0) || a.line - b.line;
}

/** As compilers write it, so that editors find the place. */
function lineText({ file, line, object, field, message }: Complaint): string {
  return [
    `${file}:${line}`,
    ...(field === undefined ? [] : [field]),
    object === undefined ? message : `${message} (${object})`,
  ].join(": ");
}

function summary(objects: number, refused: number, unchecked: number): string {
  const looked = objects === 1 ? "1 object of ours" : `${objects} objects of ours`;
  const open = unchecked > 0 ? `, ${unchecked} not checked offline` : "";
  return `${looked}, ${refused === 0 ? "nothing" : refused} refused${open}`;
}
