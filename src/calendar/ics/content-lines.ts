/** The lines of an iCalendar file (RFC 5545, 3.1): `NAME;PARAMETER=value:VALUE`, folded over several lines of text. */

export interface ContentLine {
  /** In capitals. */
  name: string;
  /** By name in capitals, without quotes. */
  parameters: Readonly<Record<string, string>>;
  value: string;
  /** Line of the file that it begins on, from 1. */
  line: number;
}

const NAME = /^[A-Za-z0-9-]+/;
const PARAMETER = /^;([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*/;

/** A text of another form is left out: what a calendar may not do without is missed later, by name. */
export function contentLines(file: Uint8Array): ContentLine[] {
  const lines: { bytes: string; line: number }[] = [];
  // One character a byte: a fold may stand in the middle of a character of several.
  for (const [index, bytes] of Buffer.from(file)
    .toString("latin1")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const before = lines.at(-1);
    if (/^[ \t]/.test(bytes) && before) before.bytes += bytes.slice(1);
    else lines.push({ bytes, line: index + 1 });
  }
  return lines.flatMap(({ bytes, line }) => parseLine(Buffer.from(bytes, "latin1").toString("utf8"), line) ?? []);
}

function parseLine(text: string, line: number): ContentLine | undefined {
  const whole = text.replace(/^\uFEFF/, "");
  const name = NAME.exec(whole)?.[0];
  if (name === undefined) return undefined;
  const parameters: Record<string, string> = {};
  let rest = whole.slice(name.length);
  for (let found = PARAMETER.exec(rest); found; found = PARAMETER.exec(rest)) {
    parameters[(found[1] ?? "").toUpperCase()] = (found[2] ?? "").replaceAll('"', "");
    rest = rest.slice(found[0].length);
  }
  return rest.startsWith(":") ? { name: name.toUpperCase(), parameters, value: rest.slice(1), line } : undefined;
}

/** A TEXT value as people read it (RFC 5545, 3.3.11). */
export function plainText(value: string): string {
  return value.replaceAll(/\\([\\;,Nn])/g, (_, escaped: string) => (/n/i.test(escaped) ? "\n" : escaped));
}
