import { realClock, type Clock } from "../../src/runtime/clock.ts";

interface Screen {
  isTTY?: boolean;
  write(text: string): unknown;
}

const TTY_EVERY_MS = 1_000;
const LINE_EVERY_MS = 15_000;

/** Says what is being built and for how long: one line that renews itself on a terminal, a line now and then elsewhere. */
export class BuildProgress {
  readonly #count: number;
  readonly #screen: Screen;
  readonly #clock: Clock;
  readonly #start: number;
  #built = 0;
  #current: { name: string; since: number } | undefined;
  #cancel: () => void = () => undefined;

  constructor(count: number, screen: Screen = process.stderr, clock: Clock = realClock) {
    this.#count = count;
    this.#screen = screen;
    this.#clock = clock;
    this.#start = clock.monotonic();
    const what = count === 1 ? "1 binary" : `${count} binaries`;
    screen.write(`building ${what} of the local cluster from source; this is kept for later runs\n`);
  }

  begin(name: string): void {
    this.#current = { name, since: this.#clock.monotonic() };
    this.#tick();
  }

  end(): void {
    this.#cancel();
    if (!this.#current) return;
    this.#built += 1;
    this.#line(`  ${this.#current.name} built in ${this.#since(this.#current.since)}`, "\n");
    this.#current = undefined;
    if (this.#built === this.#count) this.#screen.write(`all built in ${this.#since(this.#start)}\n`);
  }

  [Symbol.dispose](): void {
    this.#cancel();
    if (this.#current && this.#screen.isTTY) this.#screen.write("\n");
    this.#current = undefined;
  }

  #tick(): void {
    const { name, since } = this.#current!;
    const inAll = this.#built > 0 ? `, in all ${this.#since(this.#start)}` : "";
    this.#line(`  building ${name} (${this.#built + 1} of ${this.#count}): ${this.#since(since)}${inAll}`);
    this.#cancel = this.#clock.after(this.#screen.isTTY ? TTY_EVERY_MS : LINE_EVERY_MS, () => this.#tick());
  }

  #line(text: string, end = ""): void {
    this.#screen.write(this.#screen.isTTY ? `\r\u001b[K${text}${end}` : `${text}\n`);
  }

  #since(start: number): string {
    const seconds = Math.round((this.#clock.monotonic() - start) / 1000);
    return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
}
