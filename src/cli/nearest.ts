import { editDistance } from "../calendar/edit-distance.ts";

const MOST = 3;

/** Those names that somebody may have meant who typed `typed`: at most a third of the letters differ, nearest first. */
export function nearest(typed: string, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, edits: editDistance(typed.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(1, name.length / 3) || begins(name, typed))
    .toSorted((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name)
    .slice(0, MOST);
}

function begins(name: string, typed: string): boolean {
  return typed.length >= 3 && name.startsWith(typed);
}
