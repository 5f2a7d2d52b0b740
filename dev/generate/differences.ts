const SHOWN = 12;

/** The first lines in which two texts differ, as a person reads them; what is the same at both ends is left out. */
export function firstDifferences(before: string, after: string): string {
  const removed = before.split("\n");
  const added = after.split("\n");
  let start = 0;
  while (start < removed.length && start < added.length && removed[start] === added[start]) start += 1;
  while (removed.length > start && added.length > start && removed.at(-1) === added.at(-1)) {
    removed.pop();
    added.pop();
  }
  return [`  line ${start + 1}:`, ...shown("-", removed.slice(start)), ...shown("+", added.slice(start))].join("\n");
}

function shown(sign: string, lines: readonly string[]): string[] {
  const more = lines.length > SHOWN ? [`  ${sign} ... and ${lines.length - SHOWN} more lines`] : [];
  return [...lines.slice(0, SHOWN).map((line) => `  ${sign} ${line}`), ...more];
}
