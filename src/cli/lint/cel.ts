import { Environment } from "@marcbachmann/cel-js";
import { regularExpression } from "./re2.ts";

/** The Common Expression Language with what Kubernetes adds to it and our rules use. */

export type CelValue = string | number | bigint | boolean | readonly CelValue[] | { readonly [name: string]: CelValue };

/** The expression, or a part of it, is not known here; nothing can be said of its value. */
export class NotEvaluable extends Error {}

/** The library's own `matches` knows JavaScript's regular expressions, which differ from RE2's in places. */
const MATCHES = "matchesRe2";

const environment = new Environment({ homogeneousAggregateLiterals: false })
  .registerVariable("self", "dyn")
  .registerFunction(`string.${MATCHES}(string): bool`, (text: string, pattern: string) =>
    regularExpression(pattern).test(text),
  )
  .registerFunction("string.replace(string, string): string", (text: string, what: string, by: string) =>
    text.replaceAll(what, () => by),
  )
  .registerFunction("string.format(list): string", (template: string, values: readonly CelValue[]) =>
    formatted(template, values),
  );

const parsed = new Map<string, ReturnType<typeof environment.parse>>();

/** The value of an expression about `self`. Throws NotEvaluable for whatever reason there is none. */
export function evaluate(expression: string, self: CelValue): unknown {
  try {
    const known = parsed.get(expression) ?? environment.parse(expression.replaceAll(".matches(", `.${MATCHES}(`));
    parsed.set(expression, known);
    return known({ self }) as unknown;
  } catch (error) {
    const [message] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new NotEvaluable(message, { cause: error });
  }
}

/** Kubernetes' `format` with the verbs %s and %d. */
function formatted(template: string, values: readonly CelValue[]): string {
  let next = 0;
  return template.replaceAll(/%(.)/g, (_, verb: string) => {
    if (verb === "%") return "%";
    const value = values[next++];
    if (value === undefined || (verb !== "s" && verb !== "d")) throw new NotEvaluable(`format has %${verb}`);
    return textOf(value);
  });
}

function textOf(value: CelValue): string {
  return typeof value === "string" ? value : literal(value);
}

/** As it stands inside of lists and maps: texts in quotes. */
function literal(value: CelValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([name, field]) => `${JSON.stringify(name)}: ${literal(field)}`)
      .join(", ")}}`;
  }
  return String(value);
}
