import { DURATION_PATTERN } from "./duration.ts";
import type { Rule } from "./schema.ts";

/**
 * Rules in CEL that several fields share. Each message names the field, the value and the fix; the API server
 * puts the path in front, so inside of lists the field's own name is enough.
 */

/**
 * A message with values in it: each %s (text, list) or %d (whole number) of the template is one of the CEL
 * expressions. Not `+` with string(): the API server cannot tell how long such a text may become, and refuses it.
 */
export function format(template: string, ...values: readonly string[]): string {
  return `'${template}'.format([${values.join(", ")}])`;
}

/** What every value of a text field must match, with what to write instead. */
export function matches(field: string, pattern: string, what: string, fix: string): Rule {
  return {
    rule: `self.matches(r'${pattern}')`,
    message: `${field} is not ${what}`,
    messageExpression: format(`${field} is "%s", which is not ${what}: ${fix}`, "self"),
  };
}

/** The text is a duration; with `positive`, one above zero. `or` is one word that is taken as well. */
export function durationRules(
  field: string,
  { positive = false, or }: { positive?: boolean; or?: string } = {},
): Rule[] {
  const escape = or === undefined ? "" : `self == '${or}' || `;
  const fix = `write 300s, 10m, 24h or 1h30m${or === undefined ? "" : `, or ${or}`}`;
  const inHours = format(
    `${field} is "%s", which is not a duration: days are not a unit, write %dh`,
    "self",
    "int(self.replace('d', '')) * 24",
  );
  const otherwise = format(`${field} is "%s", which is not a duration: ${fix}`, "self");
  const syntax: Rule = {
    rule: `${escape}(size(self) > 0 && self.matches(r'${DURATION_PATTERN}'))`,
    message: `${field} is not a duration`,
    // A number of days can be told in hours at once.
    messageExpression: `self.matches(r'^[0-9]{1,4}d$') ? ${inHours} : ${otherwise}`,
  };
  const aboveZero: Rule = {
    rule: `${escape}!self.matches(r'^([0.]+(h|ms|m|s))+$')`,
    message: `${field} must be longer than zero`,
    messageExpression: format(`${field} is "%s" and must be longer than zero: write a duration such as 10m`, "self"),
  };
  return positive ? [syntax, aboveZero] : [syntax];
}

/** IANA zone names without an area. */
export const SINGLE_WORD_ZONES: readonly string[] =
  "CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK Singapore Turkey UCT UTC Universal W-SU WET Zulu".split(
    " ",
  );

/**
 * The text looks like an IANA zone: Area/Place, or one of the few names without an area. Whether there is such a
 * place is known to the operator alone, whose rules for zones are newer than the API server's rules for fields.
 */
export function zoneRule(field = "timeZone"): Rule {
  const names = SINGLE_WORD_ZONES.join("|").replaceAll("+", "[+]");
  return matches(
    field,
    `^([A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+){1,2}|${names})$`,
    "an IANA time zone",
    "write a place such as Asia/Shanghai, or UTC (abbreviations such as CST mean several zones, offsets know no daylight saving)",
  );
}

/** The text looks like the code of a regime; whether there is such a one is known to the operator alone. */
export function regimeRule(field: string): Rule {
  return matches(
    field,
    "^[A-Z]{2}(-[A-Z0-9]{1,4})?$",
    "the code of a regime",
    "write CN, DE-BY, EU-OSS (invoiceops calendar --help lists them)",
  );
}

const DATE = String.raw`\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`;
const TIME = String.raw`T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?`;

/** The text is a date. */
export function dayRule(field: string): Rule {
  return matches(field, `^${DATE}$`, "a day", "write it as 2026-11-16");
}

/** The text is a local date and time, without an offset. */
export function localTimeRule(field: string): Rule {
  const fix = "write it as 2026-11-11T00:00, without an offset (the zone is timeZone)";
  return matches(field, `^${DATE}${TIME}$`, "a local time", fix);
}

/** The text is a date, or a local date and time. */
export function dayOrTimeRule(field: string): Rule {
  const fix = "write 2026-11-16 or 2026-11-16T18:00, without an offset (the zone is timeZone)";
  return matches(field, `^${DATE}(${TIME})?$`, "a day or a local time", fix);
}

/** One field of a cron time: a star, values or ranges, each with a step, in a list. */
function cronField(value: string): string {
  const item = `(\\*|${value}(-${value})?)(/\\d\\d?)?`;
  return `${item}(,${item})*`;
}

/** Which three letters are a name is checked by the operator, as is the order of a range. */
const CRON = [
  cronField(String.raw`[0-5]?\d`),
  cronField(String.raw`([01]?\d|2[0-3])`),
  cronField(String.raw`(0?[1-9]|[12]\d|3[01]|L)`),
  cronField(String.raw`(0?[1-9]|1[0-2]|[A-Za-z]{3})`),
  cronField(String.raw`([0-7]|[A-Za-z]{3})`),
].join(" +");

/** The text is a cron time of five fields. */
export function cronRule(field: string): Rule {
  return matches(
    field,
    `^${CRON}$`,
    "a cron time of five fields",
    "write minute hour day-of-month month day-of-week as in 0 9 * * 1-5, or 0 0 L * * (last day of the month)",
  );
}
