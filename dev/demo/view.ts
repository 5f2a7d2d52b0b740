import type { Clock } from "../../src/runtime/clock.ts";
import type { Happening, Snapshot } from "./observer.ts";
import type { FilingWindow } from "./replay.ts";

/** What is on the screen while the demo runs. */

interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const PLAIN_EVERY_MS = 10_000;

/** Lines that stay, and one that is renewed: in place on a terminal, as a line every 10 s elsewhere. */
export class View {
  readonly #screen: Screen;
  readonly #clock: Clock;
  readonly #start: number;
  #lastPlain = -Infinity;
  #current = "";

  constructor(clock: Clock, screen: Screen = process.stdout) {
    this.#clock = clock;
    this.#screen = screen;
    this.#start = clock.monotonic();
  }

  say(text: string): void {
    const stamp = minutes(this.#clock.monotonic() - this.#start).padStart(6);
    this.#print(`${stamp}  ${text.replaceAll("\n", `\n${" ".repeat(8)}`)}\n`);
  }

  /** Text as it is, without a time. */
  show(text: string): void {
    this.#print(`${text}\n`);
  }

  /** The line that is renewed. */
  now(text: string): void {
    if (this.#screen.isTTY) {
      this.#current = text.slice(0, (this.#screen.columns ?? 120) - 9);
      this.#print("");
    } else if (this.#clock.monotonic() - this.#lastPlain >= PLAIN_EVERY_MS) {
      this.#lastPlain = this.#clock.monotonic();
      this.say(text);
    }
  }

  /** The line is renewed no more. */
  rest(): void {
    if (this.#current !== "") this.#screen.write("\r\u001b[K");
    this.#current = "";
  }

  #print(text: string): void {
    if (!this.#screen.isTTY) return void (text === "" || this.#screen.write(text));
    const stamp = minutes(this.#clock.monotonic() - this.#start).padStart(6);
    this.#screen.write(`\r\u001b[K${text}${this.#current === "" ? "" : `${stamp}  ${this.#current}`}`);
  }
}

/** The state of things in a line that fits into 80 columns. */
export function stateLine(snapshot: Snapshot, load: number, window: FilingWindow): string {
  const { at, scaling, replicas, ready } = snapshot;
  const peak =
    at < window.deadline ? `peak in ${minutes(window.deadline - at)}` : `peak ${minutes(at - window.deadline)} ago`;
  const open = at < window.opens ? `, opens in ${minutes(window.opens - at)}` : "";
  const floor = scaling?.floor === undefined ? "?" : String(scaling.floor);
  return `${peak}${open} | load ${whole(load)}/s | floor ${floor} | ready ${ready} of ${replicas}`;
}

/** What differs between two looks and is worth a line each. */
export function changes(before: Snapshot | undefined, after: Snapshot): string[] {
  const lines: string[] = [];
  const [floor, was] = [after.scaling?.floor, before?.scaling?.floor];
  if (floor !== undefined && floor !== was) {
    const reason = after.scaling?.floorReason ? ` (${after.scaling.floorReason})` : "";
    lines.push(`floor: ${was === undefined ? "" : `${was} → `}${floor}${reason}`);
  }
  for (const { type, status, reason, message } of after.conditions) {
    const old = before?.conditions.find((condition) => condition.type === type);
    if (old?.status === status && old.reason === reason) continue;
    lines.push(`condition ${type} is ${status} (${reason}): ${message}`);
  }
  for (const { type } of before?.conditions ?? []) {
    if (!after.conditions.some((condition) => condition.type === type)) lines.push(`condition ${type} is gone`);
  }
  return lines;
}

export function happening({ about, reason, note }: Happening): string {
  return `event on ${about}: ${reason}: ${note}`;
}

/** Milliseconds as m:ss. */
export function minutes(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}
