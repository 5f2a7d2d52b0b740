import { Controller, type ControllerOptions, type Reconciler } from "../../src/runtime/controller.ts";
import type { Runnable } from "../../src/runtime/group.ts";
import type { Check } from "../../src/runtime/health.ts";
import { silentLogger } from "../../src/runtime/logger.ts";
import { Manager, type ManagerOptions } from "../../src/runtime/manager.ts";
import { Metrics } from "../../src/runtime/metrics.ts";
import { FakeClock } from "./fake-clock.ts";

/** What happened, in order: each fake below writes here. */
type Story = string[];

class FakeProbes {
  readonly ready = new Map<string, Check>();
  readonly live = new Map<string, Check>();
  readonly #story: Story;

  constructor(story: Story) {
    this.#story = story;
  }

  addReadiness(name: string, check: Check): void {
    this.ready.set(name, check);
  }

  addLiveness(name: string, check: Check): void {
    this.live.set(name, check);
  }

  async listen(): Promise<number> {
    this.#story.push("probes answer");
    return 8080;
  }

  async close(): Promise<void> {
    this.#story.push("probes closed");
  }

  /** Problems by check. */
  problems(probe: "ready" | "live"): Record<string, string> {
    const results = [...this[probe]].map(([name, check]) => [name, check()] as const);
    return Object.fromEntries(results.flatMap(([name, problem]) => (problem === undefined ? [] : [[name, problem]])));
  }
}

export class FakeInformer {
  hasSynced = false;
  lastContact = 0;
  readonly size = 0;
  readonly #list = Promise.withResolvers<void>();
  readonly #story: Story;
  readonly #clock: FakeClock;
  readonly #name: string;

  constructor(story: Story, clock: FakeClock, name: string) {
    this.#story = story;
    this.#clock = clock;
    this.#name = name;
  }

  get synced(): Promise<void> {
    return this.#list.promise;
  }

  run(signal: AbortSignal): Promise<void> {
    return untilAborted(this.#story, this.#name, signal);
  }

  list(): void {
    this.hasSynced = true;
    this.lastContact = this.#clock.now();
    this.#list.resolve();
  }
}

class FakeElector {
  isLeader = false;
  canContactServer = false;
  lastError: unknown = undefined;
  readonly #story: Story;
  #handlers: { onStarted: (leading: AbortSignal) => void; onLost: () => void } | undefined;

  constructor(story: Story) {
    this.#story = story;
  }

  run(signal: AbortSignal, handlers: { onStarted: (leading: AbortSignal) => void; onLost: () => void }): Promise<void> {
    this.#handlers = handlers;
    this.canContactServer = true;
    return untilAborted(this.#story, "election", signal);
  }

  win(): void {
    this.isLeader = true;
    this.#handlers?.onStarted(new AbortController().signal);
  }

  lose(): void {
    this.isLeader = false;
    this.#handlers?.onLost();
  }

  async release(): Promise<void> {
    this.#story.push("lease released");
  }
}

export async function untilAborted(story: Story, name: string, signal: AbortSignal): Promise<void> {
  story.push(`${name} runs`);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  story.push(`${name} stopped`);
}

class TalkingController extends Controller {
  readonly #story: Story;

  constructor(story: Story, options: ControllerOptions) {
    super(options);
    this.#story = story;
  }

  override async run(stop: AbortSignal, cut?: AbortSignal): Promise<void> {
    this.#story.push("controller runs");
    await super.run(stop, cut);
    this.#story.push("controller stopped");
  }
}

/** A manager with one of each: an informer, a runnable on every replica, one for the leader, a controller. */
export class ManagerBench {
  readonly story: Story = [];
  readonly clock = new FakeClock();
  readonly probes = new FakeProbes(this.story);
  readonly informer = new FakeInformer(this.story, this.clock, "informer");
  readonly elector = new FakeElector(this.story);
  readonly metrics = new Metrics();
  readonly manager: Manager;
  readonly signal = new AbortController();
  outcome: unknown = "running";

  constructor(options: Partial<ManagerOptions> = {}, reconcile: Reconciler = async () => {}) {
    const { clock, metrics, probes, elector, story } = this;
    const log = silentLogger;
    this.manager = new Manager({ clock, log, metrics, health: probes, elector, ...options });
    this.manager.addInformer(this.informer, "invoiceservices");
    this.manager.addRunnable(this.#runnable("everywhere"), { leaderOnly: false });
    this.manager.addRunnable(this.#runnable("leader's"), { leaderOnly: true });
    const controller = new TalkingController(story, { name: "invoice-service", reconcile, clock, log, metrics });
    controller.enqueue({ name: "a" });
    this.manager.addController(controller);
  }

  /** Starts the manager; `outcome` becomes "ended" or what it rejected with. */
  start(): void {
    this.manager.run(this.signal.signal).then(
      () => (this.outcome = "ended"),
      (error: unknown) => (this.outcome = error),
    );
  }

  /** Up to where the process leads. */
  async lead(): Promise<void> {
    this.start();
    this.informer.list();
    await this.settle();
    this.elector.win();
    await this.settle();
    this.story.length = 0;
  }

  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  #runnable(name: string): Runnable {
    return { name, run: (signal) => untilAborted(this.story, name, signal) };
  }
}
