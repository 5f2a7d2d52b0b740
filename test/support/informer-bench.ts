import { createClient } from "../../src/kube/client.ts";
import { Informer, type InformerOptions } from "../../src/kube/informer.ts";
import { configMaps, type ConfigMap } from "../../src/kube/resource.ts";
import { createTransport, type Transport } from "../../src/kube/transport.ts";
import { silentLogger } from "../../src/runtime/logger.ts";
import { FakeApiServer } from "./fake-api-server.ts";
import { FakeClock } from "./fake-clock.ts";
import { eventually } from "./eventually.ts";
import { Replay, statesOf } from "./replay.ts";

const COLLECTION = "/configmaps";

/** An informer of ConfigMaps in front of a fake API server, on a clock that the test moves. */
export class InformerBench {
  readonly clock = new FakeClock();
  readonly server: FakeApiServer;
  /** What every informer in front of the server needs. */
  readonly base: InformerOptions<ConfigMap>;
  readonly informer: Informer<ConfigMap>;
  /** Hears all changes. */
  readonly replay = new Replay<ConfigMap>();
  readonly #stop = new AbortController();
  readonly #transport: Transport;
  #run: Promise<void> | undefined;

  private constructor(server: FakeApiServer, options: Partial<InformerOptions<ConfigMap>>) {
    this.server = server;
    const { clock } = this;
    const transport = createTransport({ config: server.config, clock });
    this.#transport = transport;
    const client = createClient(transport);
    this.base = { client, transport, resource: configMaps, clock, log: silentLogger, random: () => 0.5 };
    this.informer = new Informer({ ...this.base, ...options });
    this.informer.onChange(this.replay.take);
  }

  static async create(
    options: Partial<InformerOptions<ConfigMap>> & { historyLimit?: number } = {},
  ): Promise<InformerBench> {
    const { historyLimit, ...rest } = options;
    const limit = historyLimit === undefined ? {} : { historyLimit };
    return new InformerBench(await FakeApiServer.start({ resources: [configMaps], ...limit }), rest);
  }

  /** Starts the informer, without waiting for anything. */
  start(): void {
    this.#run = this.informer.run(this.#stop.signal);
  }

  /** Starts the informer and waits until its watch is open. */
  async open(): Promise<void> {
    this.start();
    await eventually(() => {
      if (this.server.openWatches !== 1) throw new Error("no watch is open");
    });
  }

  /** Does one of each kind of change to the three objects, so that none that is missed goes unseen. */
  changeEverything(): void {
    this.update("kept", { version: "2" });
    this.delete("dropped");
    this.delete("reborn");
    this.create("reborn");
    this.create("new");
  }

  /** Aborts the informer's signal and waits until it has ended. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("stopped by the test"));
    await this.#run;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#transport.close();
    await this.server.close();
  }

  create(name: string, data: Record<string, string> = {}): void {
    this.server.store.create(COLLECTION, { metadata: { namespace: "x", name }, data } as ConfigMap);
  }

  update(name: string, data: Record<string, string>): void {
    this.server.store.mergePatch(COLLECTION, { namespace: "x", name }, { data });
  }

  delete(name: string): void {
    this.server.store.delete(COLLECTION, { namespace: "x", name });
  }

  has(name: string): boolean {
    return this.server.store.items(COLLECTION).some(({ metadata }) => metadata.name === name);
  }

  /** What there is: on the server, in the informer's store, and as its changes tell it. */
  get states(): Record<"server" | "store" | "replayed", Record<string, string>> {
    return {
      server: statesOf(this.server.store.items(COLLECTION)),
      store: statesOf(this.informer.list()),
      replayed: statesOf(this.replay.objects),
    };
  }

  get caughtUp(): boolean {
    const { server, store } = this.states;
    return JSON.stringify(server) === JSON.stringify(store);
  }

  /** Lets time pass, in small steps between which the network gets its turn, until `reached`. */
  async passTimeUntil(reached: () => boolean): Promise<void> {
    for (let step = 0; !reached(); step += 1) {
      if (step > 10_000) throw new Error(`not reached in ${this.clock.monotonic() / 1000} s of the clock`);
      await this.clock.advance(100);
    }
  }
}
