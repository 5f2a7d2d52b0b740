import { subscribe, unsubscribe } from "node:diagnostics_channel";

interface Message {
  request: { origin?: string | URL; path: string };
}

/** The requests of this process to one origin that have begun and not ended, as undici tells them; watches have no end. */
export class InFlight {
  readonly #origin: string;
  readonly #open = new Set<unknown>();

  constructor(url: string) {
    this.#origin = new URL(url).origin;
    subscribe("undici:request:create", this.#begun);
    for (const channel of ENDS) subscribe(channel, this.#ended);
  }

  get count(): number {
    return this.#open.size;
  }

  close(): void {
    unsubscribe("undici:request:create", this.#begun);
    for (const channel of ENDS) unsubscribe(channel, this.#ended);
  }

  readonly #begun = (message: unknown): void => {
    const { request } = message as Message;
    if (String(request.origin) === this.#origin && !request.path.includes("watch=true")) this.#open.add(request);
  };

  readonly #ended = (message: unknown): void => void this.#open.delete((message as Message).request);
}

/** The whole answer has come, or none will. */
const ENDS = ["undici:request:trailers", "undici:request:error"];
