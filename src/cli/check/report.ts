import type { Paint } from "../paint.ts";
import { verdict, type Finding, type Level } from "./finding.ts";

/** The findings as a person reads them. */

const WORDS: Readonly<Record<Level, string>> = { ok: "ok", note: "note", wrong: "WRONG", unknown: "unknown" };
const BRUSH: Readonly<Record<Level, keyof Paint>> = { ok: "good", note: "dim", wrong: "bad", unknown: "warn" };

export function reportText(findings: readonly Finding[], paint: Paint): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const lines = findings.map(({ about, level, message, fix }) => {
    const head = `${paint[BRUSH[level]](WORDS[level].padEnd(7))}  ${about.padEnd(width)}  `;
    const indent = " ".repeat(7 + 2 + width + 2);
    return `${head}${message}\n${fix === undefined ? "" : `${indent}${paint.bold("->")} ${fix}\n`}`;
  });
  return `${lines.join("")}\n${closingLine(findings, paint)}\n`;
}

function closingLine(findings: readonly Finding[], paint: Paint): string {
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  const [wrong, open] = [count("wrong"), count("unknown")];
  if (wrong === 0 && open === 0) return paint.good("invoiceops is well");
  if (wrong === 0) return paint.warn(`whether invoiceops is well cannot be told: ${things(open)} unknown`);
  return paint.bad(`invoiceops is not well: ${things(wrong)} wrong${open > 0 ? `, ${things(open)} unknown` : ""}`);
}

function things(count: number): string {
  return count === 1 ? "1 thing is" : `${count} things are`;
}

/** The same for programs. */
export function reportValue(findings: readonly Finding[]): object {
  return { verdict: ["ok", "wrong", "unknown"][verdict(findings)], findings };
}

/** What is still waited for, in one line. */
export function waitingFor(findings: readonly Finding[]): string {
  return findings
    .filter(({ level }) => level === "wrong" || level === "unknown")
    .map(({ about, message }) => `${about}: ${message}`)
    .join("; ");
}
