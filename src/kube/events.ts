import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Client } from "./client.ts";
import { isNotFound } from "./errors.ts";
import { microTime } from "./micro-time.ts";
import { events, keyOf, type Event, type KubeObject } from "./resource.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface EventInput {
  type: "Normal" | "Warning";
  /** Why, in CamelCase, for machines; at most 128 characters. */
  reason: string;
  /** What was done or could not be done, in CamelCase; at most 128 characters. */
  action: string;
  /** For people; cut at 1024 bytes. */
  note: string;
}

/** `reportingController` of every Event of ours, by which they are found again. */
export const REPORTER = "invoiceops";

/** One event and its repetitions. */
interface Series {
  event: Event;
  count: number;
  lastAt: number;
  /** Takes back the planned write of the repetitions; undefined when all are written. */
  cancel?: (() => void) | undefined;
}

interface Recorded {
  limit: TokenBucket;
  /** By type and reason. */
  series: Map<string, Series>;
}

/** client-go's numbers: a series ends after 6 min of silence; 25 new events an object at once, then one in 5 min. */
const SERIES_ENDS_MS = 6 * 60_000;
const BURST = 25;
const PER_SECOND = 1 / 300;
/** Repetitions are written together, this long after the first of them. */
const REPEAT_AFTER_MS = 60_000;
const MOST_OBJECTS = 10_000;
const MOST_WAITING = 1000;

/**
 * Writes events.k8s.io/v1 Events. An equal event (object, type, reason, note) within six minutes counts up the one
 * that is there. Best effort: what is over the limits or cannot be written is dropped, and nothing ever throws.
 */
export class EventRecorder {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #instance: string;
  /** By uid, least recently used first. */
  readonly #objects = new Map<string, Recorded>();
  readonly #repeated = new Set<Series>();
  #writing: Promise<void> = Promise.resolve();
  #waiting = 0;
  #sequence = 0;

  /** @param options.instance which process reports, such as `hostname_uuid` */
  constructor(options: { client: Client; clock: Clock; log: Logger; instance: string }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#instance = options.instance;
  }

  /** Reports something about `object`, which carries apiVersion and kind. Returns at once. */
  event(object: KubeObject, input: EventInput): void {
    const recorded = this.#recorded(object.metadata.uid ?? keyOf(object));
    const note = cut(input.note, 1024);
    const key = `${input.type}/${input.reason}`;
    const now = this.#clock.now();
    const series = recorded.series.get(key);
    if (series && series.event.note === note && now - series.lastAt < SERIES_ENDS_MS) {
      this.#repeat(series, now);
      return;
    }
    if (!recorded.limit.tryTake()) {
      this.#log.debug({ object: keyOf(object), reason: input.reason }, "event over the limit of its object");
      return;
    }
    const event = this.#compose(object, { ...input, note }, now);
    recorded.series.set(key, { event, count: 1, lastAt: now });
    this.#write(event, () => this.#client.create(events, event));
  }

  /** Writes what waits, repetitions included, and resolves when that is done or has failed. */
  async flush(): Promise<void> {
    for (const series of this.#repeated) this.#writeRepeats(series);
    await this.#writing;
  }

  #recorded(id: string): Recorded {
    const known = this.#objects.get(id) ?? {
      limit: new TokenBucket({ clock: this.#clock, perSecond: PER_SECOND, burst: BURST }),
      series: new Map<string, Series>(),
    };
    this.#objects.delete(id);
    this.#objects.set(id, known);
    const [oldest] = this.#objects.keys();
    if (this.#objects.size > MOST_OBJECTS && oldest !== undefined) this.#objects.delete(oldest);
    return known;
  }

  #compose(object: KubeObject, input: EventInput, now: number): Event {
    const { name, namespace, uid, resourceVersion } = object.metadata;
    this.#sequence = (this.#sequence + 1) % 0x1000;
    const suffix = now.toString(16) + this.#sequence.toString(16).padStart(3, "0");
    return {
      // Events about objects without a namespace live in "default".
      metadata: { name: `${name.slice(0, 230)}.${suffix}`, namespace: namespace ?? "default" },
      eventTime: microTime(now),
      reportingController: REPORTER,
      reportingInstance: cut(this.#instance, 128),
      ...input,
      regarding: {
        ...(object.apiVersion !== undefined && { apiVersion: object.apiVersion }),
        ...(object.kind !== undefined && { kind: object.kind }),
        ...(namespace !== undefined && { namespace }),
        name,
        ...(uid !== undefined && { uid }),
        ...(resourceVersion !== undefined && { resourceVersion }),
      },
    };
  }

  #repeat(series: Series, now: number): void {
    series.count += 1;
    series.lastAt = now;
    if (this.#repeated.has(series)) return;
    this.#repeated.add(series);
    series.cancel = this.#clock.after(REPEAT_AFTER_MS, () => this.#writeRepeats(series));
  }

  #writeRepeats(series: Series): void {
    series.cancel?.();
    this.#repeated.delete(series);
    const { event, count, lastAt } = series;
    const repeated = { series: { count, lastObservedTime: microTime(lastAt) } };
    this.#write(event, async () => {
      try {
        await this.#client.patch(events, event.metadata, repeated);
      } catch (error) {
        // The event has outlived its time to live (an hour by default), or was never written.
        if (!isNotFound(error)) throw error;
        await this.#client.create(events, { ...event, ...repeated });
      }
    });
  }

  /** One after the other, so that a repetition never overtakes its event. */
  #write(event: Event, write: () => Promise<unknown>): void {
    const about = { event: event.metadata.name, reason: event.reason };
    if (this.#waiting >= MOST_WAITING) {
      this.#log.debug(about, "too many events wait; this one is dropped");
      return;
    }
    this.#waiting += 1;
    this.#writing = this.#writing
      .then(write)
      .catch((err: unknown) => this.#log.warn({ ...about, err }, "an event could not be written"))
      .then(() => {
        this.#waiting -= 1;
      });
  }
}

/** The beginning of `text` that fits `bytes` of UTF-8, never half a character. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const room = Buffer.alloc(bytes);
  return room.toString("utf8", 0, room.write(text, "utf8"));
}
