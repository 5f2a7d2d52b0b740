import type { Clock } from "../runtime/clock.ts";

/** An abort signal that fires when its time is over or when the caller's own signal does. */
export class TimeLimit {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #expiry = new AbortController();
  #cancel: () => void = () => {};

  constructor(clock: Clock, caller?: AbortSignal) {
    this.#clock = clock;
    this.signal = caller ? AbortSignal.any([this.#expiry.signal, caller]) : this.#expiry.signal;
  }

  get expired(): boolean {
    return this.#expiry.signal.aborted;
  }

  /** Grants `ms` from now on, whatever was left. */
  start(ms: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(ms, () => this.#expiry.abort());
  }

  stop(): void {
    this.#cancel();
  }
}
