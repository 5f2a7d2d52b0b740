import { PrometheusClient } from "../../src/prometheus/client.ts";
import { selectPoints } from "../../src/prometheus/select.ts";
import { realClock } from "../../src/runtime/clock.ts";
import type { Ground } from "./ground.ts";
import type { LoadSource } from "./load-source.ts";
import type { Example } from "./manifests.ts";
import { Observer, type Snapshot } from "./observer.ts";
import { simulatePlainHpa, type ReplicaCount, type Sample } from "./plain-hpa.ts";
import { Recording } from "./recording.ts";
import type { FilingWindow } from "./replay.ts";
import { summarize } from "./summary.ts";
import { releaseWords, verdict } from "./verdict.ts";
import { changes, happening, stateLine, type View } from "./view.ts";
import type { Workshop } from "./workshop.ts";

interface Stage {
  ground: Ground;
  workshop: Workshop;
  view: View;
  load: LoadSource;
  window: FilingWindow;
  example: Example;
  prometheusUrl: string;
  /** Requests/s on a usual day at this hour. */
  usual: number;
  signal: AbortSignal;
}

const LOOK_EVERY_MS = 1_000;
const NEWS_EVERY_MS = 2_000;
const GIVEN_BACK_WITHIN_MS = 480_000;
/** The query's step, as often as Prometheus scrapes. */
const STEP_MS = 5_000;

/** The demo from the first pod to the summary: looks once a second, shows what it sees, and keeps it. */
export class Play {
  readonly #stage: Stage;
  readonly #observer: Observer;
  readonly #recording = new Recording();
  #last: Snapshot | undefined;
  #nextNews = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    const { namespace, client } = stage.ground;
    const { deployment, service } = stage.example;
    this.#observer = new Observer({
      client,
      clock: realClock,
      service: { namespace, name: service.metadata.name },
      deployment: { namespace, name: deployment.metadata.name },
    });
  }

  /** Until the floor is at its least again and the replicas have followed it, or that takes too long. */
  untilGivenBack(): Promise<void> {
    return this.#watch((snapshot) => this.#isGivenBack(snapshot) || snapshot.at > this.#lastMoment);
  }

  /** Until the signal. */
  async untilInterrupted(): Promise<void> {
    const { view, signal } = this.#stage;
    view.say("everything stays up until Ctrl-C, which leaves nothing behind");
    try {
      await this.#watch(() => false);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      view.rest();
    }
  }

  /** Shows the summary. Resolves with whether the peak was met and the floor given back. */
  async conclude(): Promise<boolean> {
    const { view, window, load, usual } = this.#stage;
    const { perReplica, utilization } = this.#capacity;
    const span = { from: window.opens, to: this.#recording.counts.at(-1)?.at ?? window.deadline };
    const summary = summarize({
      ...span,
      offered: load.offered,
      operator: this.#recording.counts,
      plain: await this.#plainHpa(span),
      perReplica,
      utilization,
    });
    const now = this.#last?.replicas ?? 0;
    const release = releaseWords(this.#recording.releaseSteps(window.deadline), window.deadline, {
      most: this.#recording.mostReplicas,
      now,
    });
    view.rest();
    view.show(`\n${verdict(summary, { load: usual, perReplica, utilization })}\n${release}\n`);
    const released = this.#last !== undefined && this.#isReleased(this.#last);
    if (!released) view.show("The floor was NOT given back in time; see the conditions above.");
    return summary.met && released;
  }

  get #capacity(): { perReplica: number; utilization: number; minReplicas: number; maxReplicas: number } {
    const { perReplica = 1, utilization = 1, minReplicas, maxReplicas } = this.#stage.example.service.spec.scaling;
    return { perReplica, utilization, minReplicas, maxReplicas };
  }

  get #lastMoment(): number {
    return this.#stage.window.deadline + GIVEN_BACK_WITHIN_MS;
  }

  async #watch(isOver: (snapshot: Snapshot) => boolean): Promise<void> {
    const { view, workshop, window, load, signal } = this.#stage;
    for (;;) {
      workshop.check("invoiceops");
      const snapshot = await this.#observer.look();
      this.#recording.add(snapshot);
      for (const line of changes(this.#last, snapshot)) view.say(line);
      this.#last = snapshot;
      if (snapshot.at >= this.#nextNews) {
        for (const one of await this.#observer.news()) view.say(happening(one));
        this.#nextNews = snapshot.at + NEWS_EVERY_MS;
      }
      view.now(stateLine(snapshot, load.recent(STEP_MS), window));
      if (isOver(snapshot)) return;
      await realClock.sleep(LOOK_EVERY_MS, signal);
    }
  }

  #isReleased({ at, scaling }: Snapshot): boolean {
    const { floor = Infinity } = scaling ?? {};
    return at > this.#stage.window.deadline && floor <= this.#capacity.minReplicas;
  }

  /** The replicas follow the load again: no more of them than an autoscaler's tolerance leaves standing. */
  #isGivenBack(snapshot: Snapshot): boolean {
    const { perReplica, utilization } = this.#capacity;
    const needed = this.#stage.load.recent(STEP_MS) / (perReplica * utilization);
    return this.#isReleased(snapshot) && snapshot.replicas <= Math.ceil(needed * 1.25);
  }

  async #plainHpa({ from, to }: { from: number; to: number }): Promise<ReplicaCount[]> {
    const { perReplica, utilization, minReplicas, maxReplicas } = this.#capacity;
    const durations = this.#stage.ground.startDurations ?? (await this.#observer.startDurations());
    // Any order that mixes short and long: seven and twenty have no common divisor.
    const startOf = (pod: number): number => durations[(pod * 7) % durations.length] ?? 0;
    const averageValue = perReplica * utilization;
    return simulatePlainHpa(await this.#measuredLoad(from, to), {
      minReplicas,
      maxReplicas,
      averageValue,
      startOf,
      from,
      to,
    });
  }

  /** What an autoscaler could read in Prometheus. */
  async #measuredLoad(from: number, to: number): Promise<Sample[]> {
    const { prometheusUrl, ground, example } = this.#stage;
    const { query, select } = example.service.spec.demand;
    const prometheus = new PrometheusClient({ clock: realClock });
    const answer = await prometheus.range({ url: prometheusUrl }, query, { start: from, end: to, stepMs: STEP_MS });
    await prometheus.close();
    const points = selectPoints(answer, { ...select, namespace: ground.namespace });
    if (!points.ok) throw new Error(`the load could not be read from Prometheus: ${points.message}`);
    return points.points.map(([at, value]) => ({ at, value }));
  }
}
