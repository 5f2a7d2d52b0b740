import { DURATION_PATTERN } from "./duration.ts";
import type { Rule } from "./schema.ts";

/**
 * Rules in CEL that several fields share. Each message names the field, the value and the fix; the API server
 * puts the path in front, so inside of lists the field's own name is enough.
 */

/** What every value of a text field must match, with what to write instead. */
export function matches(field: string, pattern: string, what: string, fix: string): Rule {
  return {
    rule: `self.matches(r'${pattern}')`,
    message: `${field} is not ${what}: ${fix}`,
    messageExpression: `'${field} is "' + self + '", which is not ${what}: ${fix}'`,
  };
}

/** The text is a duration; with `positive`, one above zero. `or` is one word that is taken as well. */
export function durationRules(
  field: string,
  { positive = false, or }: { positive?: boolean; or?: string } = {},
): Rule[] {
  const escape = or === undefined ? "" : `self == '${or}' || `;
  const fix = `write hours, minutes or seconds as in 300s, 10m, 24h or 1h30m${or === undefined ? "" : `, or ${or}`}`;
  const syntax: Rule = {
    rule: `${escape}(size(self) > 0 && self.matches(r'${DURATION_PATTERN}'))`,
    message: `${field} is not a duration: ${fix}; days are not a unit`,
    // A number of days can be told in hours at once.
    messageExpression: `'${field} is "' + self + '", which is not a duration: ' + (self.matches(r'^[0-9]{1,4}d$') ? 'days are not a unit, write ' + string(int(self.replace('d', '')) * 24) + 'h' : '${fix}')`,
  };
  const aboveZero: Rule = {
    rule: `${escape}!self.matches(r'^([0.]+(h|ms|m|s))+$')`,
    message: `${field} must be longer than zero: write a duration such as 10m`,
    messageExpression: `'${field} is "' + self + '" and must be longer than zero: write a duration such as 10m'`,
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
  const fix = "write a place such as Asia/Shanghai or Europe/Berlin, or UTC";
  const names = SINGLE_WORD_ZONES.map((name) => `'${name}'`).join(", ");
  return {
    rule: `self.contains('/') ? self.matches(r'^[A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+){1,2}$') : self in [${names}]`,
    message: `${field} is not an IANA time zone: ${fix}`,
    messageExpression: `'${field} is "' + self + '", which is not an IANA time zone: ${fix} (abbreviations such as CST mean several zones, offsets know no daylight saving)'`,
  };
}

const DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
const TIME = "T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?";

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

/** One field of a cron time: a star, values or ranges, each with a step, in a list. `also` is one more item. */
function cronField(value: string, also?: string): string {
  const item = `((\\*|${value}(-${value})?)(/[0-9]{1,2})?${also === undefined ? "" : `|${also}`})`;
  return `${item}(,${item})*`;
}

const CRON_FIELDS = [
  cronField("[0-5]?[0-9]"),
  cronField("([01]?[0-9]|2[0-3])"),
  cronField("(0?[1-9]|[12][0-9]|3[01])", "L"),
  cronField("(0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"),
  cronField("([0-7]|SUN|MON|TUE|WED|THU|FRI|SAT)"),
];

/** The text is a cron time of five fields. */
export function cronRule(field: string): Rule {
  const fix =
    "write minute hour day-of-month month day-of-week, for example 0 9 * * 1-5, or 0 0 L * * for the last day of the month";
  return matches(field, `^(?i)${CRON_FIELDS.join(" +")}$`, "a cron time of five fields", fix);
}
