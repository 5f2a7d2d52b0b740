import { knownRegimes, regimeOf, unknownRegime } from "../../calendar/regimes/regimes.ts";
import { UsageError, type CliContext } from "../verb.ts";

/** Which regime a command line means: `DE-BY`, or `DE --land BY`. */

/** Flags that name a part of a regime, and the regimes that have such parts. */
const PARTS = {
  land: { of: "DE", example: "BY", codeOf: (value: string) => value.toUpperCase() },
  state: { of: "BR", example: "PE", codeOf: (value: string) => value.toUpperCase() },
  group: { of: "MX", example: "1-2", codeOf: digitOf },
} as const;

/** Throws a UsageError with what is known. */
export function codeOf({ operands, text }: Pick<CliContext, "operands" | "text">): string {
  const [typed, ...more] = operands;
  if (typed === undefined) throw new UsageError(`the code of a regime is missing: known are ${knownRegimes()}`);
  if (more.length > 0) throw new UsageError(`one regime at a time: ${more.join(" ")} is too much`);
  const code = typed.toUpperCase();
  const given = (Object.keys(PARTS) as (keyof typeof PARTS)[]).filter((flag) => text(flag) !== undefined);
  if (given.length > 1)
    throw new UsageError(`${given.map((flag) => `--${flag}`).join(" and ")} do not go together: give one`);
  const [flag] = given;
  if (flag === undefined) return known(code);
  const { of, example } = PARTS[flag];
  const value = text(flag) ?? "";
  if (code !== of)
    throw new UsageError(`--${flag} is for ${of}, as in ${of} --${flag} ${example}; ${code} has no such parts`);
  return known(`${of}-${PARTS[flag].codeOf(value)}`);
}

function known(code: string): string {
  if (regimeOf(code)) return code;
  throw new UsageError(unknownRegime(code));
}

/** The groups of the RFC's sixth digit, `1-2` to `9-0`, by their first; a digit alone is taken as well. */
function digitOf(value: string): string {
  if (/^(\d|1-2|3-4|5-6|7-8|9-0)$/.test(value)) return value.charAt(0);
  throw new UsageError(`--group is "${value}": give the sixth digit of the RFC, or 1-2, 3-4, 5-6, 7-8 or 9-0`);
}
