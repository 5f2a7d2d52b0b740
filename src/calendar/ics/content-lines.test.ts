import { expect, test } from "vitest";
import { contentLines, plainText, type ContentLine } from "./content-lines.ts";

const linesOf = (text: string): ContentLine[] => contentLines(Buffer.from(text));

test.each<[string, string, Partial<ContentLine>]>([
  ["a value", "SUMMARY:VAT", { name: "SUMMARY", value: "VAT", parameters: {} }],
  ["a name in small letters", "summary:VAT", { name: "SUMMARY" }],
  ["a value with colons and semicolons", "URL:https://a.example/?x=1;y=2", { value: "https://a.example/?x=1;y=2" }],
  ["a parameter", "DTSTART;VALUE=DATE:20260216", { parameters: { VALUE: "DATE" }, value: "20260216" }],
  ["a parameter in quotes", 'DTSTART;TZID="Asia/Shanghai":2', { parameters: { TZID: "Asia/Shanghai" }, value: "2" }],
  ["a colon in quotes", 'X;ALTREP="https://a.example":b', { parameters: { ALTREP: "https://a.example" }, value: "b" }],
  ["two parameters", "A;B=1;c=2:d", { parameters: { B: "1", C: "2" }, value: "d" }],
  ["a parameter with two values", 'A;B="1","2";C=3:d', { parameters: { B: "1", C: "3" }, value: "d" }],
  ["a mark at the beginning of the file", "\uFEFFBEGIN:VCALENDAR", { name: "BEGIN", value: "VCALENDAR" }],
  ["no value", "DESCRIPTION:", { value: "" }],
])("%s", (_, text, expected) => {
  expect(linesOf(text)).toEqual([expect.objectContaining({ ...expected, line: 1 })]);
});

test.each([
  ["CRLF and a space", "A:one\r\n two\r\nB:3"],
  ["a tab", "A:one\r\n\ttwo\r\nB:3"],
  ["LF alone", "A:one\n two\nB:3"],
])("a line folded with %s is one, and the next one keeps its place", (_, text) => {
  expect(linesOf(text)).toMatchObject([
    { name: "A", value: "onetwo", line: 1 },
    { name: "B", value: "3", line: 3 },
  ]);
});

test("a line folded in the middle of a character is whole again", () => {
  const bytes = Buffer.from("SUMMARY:申报");
  const folded = Buffer.concat([bytes.subarray(0, 10), Buffer.from("\r\n "), bytes.subarray(10)]);
  expect(contentLines(folded)).toMatchObject([{ value: "申报" }]);
});

test.each(["", "no colon", ";A=1:b", "A;B:c", 'A;B="open:c'])("%j is no line", (text) => {
  expect(linesOf(text)).toEqual([]);
});

test.each([
  ["VAT\\, monthly\\; due", "VAT, monthly; due"],
  ["one\\ntwo\\Nthree", "one\ntwo\nthree"],
  ["a\\\\nb", "a\\nb"],
])("the text %s is read as %j", (value, text) => {
  expect(plainText(value)).toBe(text);
});
