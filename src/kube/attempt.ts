import type { Clock } from "../runtime/clock.ts";
import { KubeError, networkError } from "./errors.ts";

/** One attempt at a request: its signal aborts with the caller's signal, and with a Timeout error when time is up. */
export class Attempt {
  readonly #doing: string;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #follow: () => void;
  /** Takes the time limit away and keeps following the caller, for an answer that has no end. */
  readonly disarm: () => void;

  constructor(request: { doing: string; signal?: AbortSignal | undefined }, clock: Clock, timeoutMs: number) {
    this.#doing = request.doing;
    this.#caller = request.signal;
    this.#follow = () => this.#controller.abort(this.#caller?.reason);
    this.#caller?.addEventListener("abort", this.#follow, { once: true });
    if (this.#caller?.aborted) this.#follow();
    this.disarm = clock.after(timeoutMs, () => {
      const message = `${request.doing}: no answer within ${timeoutMs / 1000} s`;
      this.#controller.abort(new KubeError(message, { status: 0, reason: "Timeout" }));
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for something that takes no signal. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = (): void => reject(this.signal.reason);
    this.signal.addEventListener("abort", onAbort, { once: true });
    if (this.signal.aborted) onAbort();
    try {
      return await Promise.race([promise, aborted]);
    } finally {
      this.signal.removeEventListener("abort", onAbort);
    }
  }

  /** What to throw for `error`: why we gave up, if we did; else what the network did. */
  explain(error: unknown): unknown {
    return this.signal.aborted ? this.signal.reason : networkError(this.#doing, error);
  }

  end(): void {
    this.disarm();
    this.#caller?.removeEventListener("abort", this.#follow);
  }
}
