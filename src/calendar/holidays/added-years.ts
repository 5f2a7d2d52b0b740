import type { Problem } from "../../api/v1alpha1/fields.ts";
import type { HolidayYear } from "./holidays.ts";
import { readHolidayYears } from "./read-years.ts";

/** A country, or a part of one. */
const FILE = /^([A-Z]{2}(?:-[A-Z0-9]{1,3})?)\.(?:ya?ml|json)$/;

/**
 * The years of files that are named after their country, such as `CN.yaml`, or `DE-BY.json` for what a part of one has
 * beside it, by code; and what cannot be used of them, with the name of the file.
 */
export function addedYears(files: readonly { name: string; text: string }[]): {
  added: ReadonlyMap<string, readonly HolidayYear[]>;
  problems: (Problem & { file: string })[];
} {
  const added = new Map<string, readonly HolidayYear[]>();
  const problems: (Problem & { file: string })[] = [];
  for (const { name, text } of files) {
    const code = FILE.exec(name)?.[1];
    if (code === undefined) {
      const message = "is no country's file: call it CN.yaml or DE-BY.yaml";
      problems.push({ file: name, field: "", value: "", message });
      continue;
    }
    const found = readHolidayYears(text);
    problems.push(...found.problems.map((problem) => ({ file: name, ...problem })));
    added.set(code, [...(added.get(code) ?? []), ...found.years]);
  }
  return { added, problems };
}
