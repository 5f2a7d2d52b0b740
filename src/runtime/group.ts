/** Something that works until its signal aborts. When it rejects, the process ends. */
export interface Runnable {
  name: string;
  run(signal: AbortSignal): Promise<void>;
}

/** Runnables that start and stop together. */
export class Group {
  readonly #abort = new AbortController();
  readonly #tasks = new Map<Runnable, Promise<void>>();
  readonly #fail: (error: unknown) => void;

  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  /** Names of those that have not ended. */
  get running(): string[] {
    return [...this.#tasks.keys()].map(({ name }) => name);
  }

  start(runnable: Runnable): void {
    const task = this.#run(runnable).finally(() => this.#tasks.delete(runnable));
    this.#tasks.set(runnable, task);
  }

  /** Resolves when all have ended. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#tasks.values());
  }

  async #run(runnable: Runnable): Promise<void> {
    try {
      await runnable.run(this.#abort.signal);
    } catch (error) {
      this.#fail(error);
    }
  }
}
