import { expect, onTestFinished } from "vitest";

import type { ClusterConfig, Credentials } from "../../src/kube/config.ts";
import {
  createTransport,
  type Transport,
  type TransportOptions,
  type TransportRequest,
} from "../../src/kube/transport.ts";
import { FakeClock } from "./fake-clock.ts";

/** A configuration whose token counts the refreshes: "token-0", "token-1" ... */
export function configOf(server: string): ClusterConfig & { refreshes: number } {
  return {
    server,
    namespace: "default",
    refreshes: 0,
    async credentials(options): Promise<Credentials> {
      if (options?.refresh) this.refreshes += 1;
      return { headers: { authorization: `Bearer token-${this.refreshes}` }, tls: {} };
    },
  };
}

export function openTransport(
  server: string,
  options: Partial<TransportOptions> = {},
): { clock: FakeClock; transport: Transport } {
  const clock = new FakeClock();
  const transport = createTransport({ config: configOf(server), clock, ...options });
  onTestFinished(() => transport.close());
  return { clock, transport };
}

export const get: TransportRequest = { method: "GET", path: "/api/v1/pods", doing: "list pods" };
export const write: TransportRequest = { ...get, method: "PATCH", body: { a: 1 }, doing: "apply pods a" };

/** Waits until `condition` holds while real I/O goes on; time on the fake clock stands still. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** The error that a promise rejects with. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("it succeeded"),
    (error: unknown) => error,
  );
}

/** A clock on which every sleep is over at once; keeps how long each would have been. */
export class Sleepless extends FakeClock {
  readonly slept: number[] = [];

  override async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
  }
}
