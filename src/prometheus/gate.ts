/** Lets at most `places` callers in at a time, the others in the order of their coming. */
export class Gate {
  #free: number;
  readonly #places: number;
  readonly #waiting = new Set<() => void>();

  constructor(places: number) {
    this.#places = places;
    this.#free = places;
  }

  /** Nobody is in and nobody waits. */
  get idle(): boolean {
    return this.#free === this.#places;
  }

  /** Resolves with the way out, to be called once; rejects with the signal's reason when that aborts first. */
  enter(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (this.#free > 0) {
        this.#free -= 1;
        return resolve(this.#leave);
      }
      const letIn = (): void => {
        signal.removeEventListener("abort", giveUp);
        resolve(this.#leave);
      };
      const giveUp = (): void => {
        this.#waiting.delete(letIn);
        reject(signal.reason);
      };
      this.#waiting.add(letIn);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  /** Hands the place to the next in line, so that nobody who comes meanwhile can take it. */
  readonly #leave = (): void => {
    const [next] = this.#waiting;
    if (!next) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  };
}
