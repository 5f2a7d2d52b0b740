import { DURATION_PATTERN } from "./duration.ts";
import type { Rule } from "./schema.ts";

/** Rules in CEL that several fields share. Each message names the field, the value and the fix. */

const quote = (text: string): string => `r'${text}'`;

/** The field's text is a duration; with `positive`, one above zero. `or` is one word that is taken as well. */
export function durationRules(
  field: string,
  { positive = false, or }: { positive?: boolean; or?: string } = {},
): Rule[] {
  const escape = or === undefined ? "" : `self == '${or}' || `;
  const examples = `hours, minutes or seconds as in 300s, 10m, 24h or 1h30m${or === undefined ? "" : `, or ${or}`}`;
  const syntax: Rule = {
    rule: `${escape}(size(self) > 0 && self.matches(${quote(rePattern(DURATION_PATTERN))}))`,
    message: `${field} must be a duration: write ${examples}; days are not a unit`,
    messageExpression: `'${field} is "' + self + '", which is not a duration: ' + (self.matches(r'^[0-9]{1,4}d$') ? 'days are not a unit, write ' + string(int(self.replace('d', '')) * 24) + 'h' : 'write ${examples}')`,
  };
  const above: Rule = {
    rule: `${escape}!self.matches(r'^[0.]+[0hms.]*$')`,
    message: `${field} must be longer than zero: give a duration such as 10m`,
    messageExpression: `'${field} is "' + self + '" and must be longer than zero: give a duration such as 10m'`,
  };
  return positive ? [syntax, above] : [syntax];
}

/** RE2 has non-capturing groups too; the API server prices plain ones lower. */
function rePattern(pattern: string): string {
  return pattern.replaceAll("(?:", "(");
}

/** IANA zone names without an area. */
export const SINGLE_WORD_ZONES: readonly string[] =
  "CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK Singapore Turkey UCT UTC Universal W-SU WET Zulu".split(
    " ",
  );
