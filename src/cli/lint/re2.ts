/** Regular expressions as the API server reads them (RE2), where JavaScript reads the same or can be told to. */

/** Inside of brackets. */
const POSIX: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  blank: String.raw`\t `,
  digit: "0-9",
  lower: "a-z",
  space: String.raw`\t\n\v\f\r `,
  upper: "A-Z",
  word: String.raw`\w`,
  xdigit: "0-9A-Fa-f",
};

/** Of RE2, and something else or nothing in JavaScript: flags, named classes, other anchors, quoting; \s knows more there. */
const DIFFERENT = /\(\?[^:]|\\[pPAzQECsS]|\[:/;

const known = new Map<string, RegExp>();

/** Throws a RangeError for what means something else in JavaScript. */
export function regularExpression(pattern: string): RegExp {
  const before = known.get(pattern);
  if (before) return before;
  const translated = pattern.replaceAll(/\[:([a-z]+):\]/g, (whole, name: string) => POSIX[name] ?? whole);
  if (DIFFERENT.test(translated)) throw new RangeError(`the regular expression ${pattern} is read in another way here`);
  const expression = new RegExp(translated);
  known.set(pattern, expression);
  return expression;
}
