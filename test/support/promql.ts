/** What a PromQL expression asks for, as far as tests want to know it. Whether it is one, promtool says. */

const KEYWORDS = /^(by|without|on|ignoring|group_left|group_right|and|or|unless|bool|offset|inf|nan)$/i;
/** Label lists and what stands in braces, brackets or quotes: names, but none of metrics. */
const NO_METRICS =
  /"(\\.|[^"\\])*"|\{[^}]*\}|\[[^\]]*\]|\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;

/** The metrics that an expression names, each once, in order. */
export function metricNames(expression: string): string[] {
  // Strings first: they may hold braces.
  const bare = expression.replaceAll(/"(\\.|[^"\\])*"/g, '""').replaceAll(NO_METRICS, " ");
  const words = bare.matchAll(/(?<![a-zA-Z0-9_:.])[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\(|[a-zA-Z0-9_:])/g);
  const names = [...words].map(([word]) => word).filter((word) => !KEYWORDS.test(word));
  return [...new Set(names)];
}

/** The values that equality matchers ask of a label: `{condition="Degraded"}` asks Degraded of condition. */
export function valuesAskedOf(label: string, expression: string): string[] {
  const matchers = expression.matchAll(/([a-zA-Z_]\w*)\s*=\s*"([^"]*)"/g);
  return [...matchers].filter(([, name]) => name === label).map(([, , value = ""]) => value);
}
