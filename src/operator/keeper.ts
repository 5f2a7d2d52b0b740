import { emptyState } from "../forecast/state.ts";
import { isNotLeader } from "../kube/errors.ts";
import type { ForecastStore, Notes, Owner } from "./forecast-store.ts";
import type { HistoryState } from "./history-state.ts";
import { PackedState } from "./packed-state.ts";

/** Keeps what is learnt of one service for the next process: when to read it, and when it is worth a write. */

const DAY_MS = 86_400_000;

export class Keeper {
  /** By calendar, since when its windows were looked for; to be written along. */
  searched: Notes["searched"] = {};
  readonly #store: ForecastStore;
  readonly #owner: Owner;
  readonly #question: string;
  /** Of the object as it was read or written last. */
  #version: string | undefined;
  #kept: Figures | undefined;
  #problem: HistoryState["unkept"];
  #recalled = false;

  /** `question` is a digest of the query: what another one gave has other units. */
  constructor(store: ForecastStore, owner: Owner, question: string) {
    this.#store = store;
    this.#owner = owner;
    this.#question = question;
  }

  /** Why nothing is kept. */
  get problem(): HistoryState["unkept"] {
    return this.#problem;
  }

  /**
   * What an earlier process, or somebody who imported it, left; undefined when it has been read already. What could
   * not be read or written is looked at anew each time. Rejects when the API server gives no answer.
   */
  async recall(): Promise<PackedState | undefined> {
    if (this.#recalled && !this.#problem) return undefined;
    const stored = await this.#store.read(this.#owner);
    this.#recalled = true;
    this.#problem = stored.ok ? undefined : { reason: stored.reason, message: stored.message };
    // What stands there as it was written is no news, and may be older than what has been learnt since.
    if (!stored.ok || (stored.version !== undefined && stored.version === this.#version)) return undefined;
    this.#version = stored.version;
    const { kept } = stored;
    this.#kept = undefined;
    if (!kept) return undefined;
    this.searched = kept.notes.searched;
    const packed = new PackedState(kept.state);
    this.#kept = figuresOf(packed, this.searched);
    const { question = this.#question } = kept.notes;
    if (question === this.#question) return packed;
    // Windows are compared with the usual load of their own time, which holds for another query too; its level does not.
    return new PackedState({ ...emptyState(kept.state.zone), windows: kept.state.windows });
  }

  /** Writes it when windows were learnt or looked for, or a day after the last write; what goes wrong is a problem that is told. */
  async keep(learnt: PackedState): Promise<void> {
    if (!this.#recalled || this.#problem || !this.#isNews(learnt)) return;
    const notes = { searched: this.searched, question: this.#question };
    try {
      this.#version = await this.#store.write(this.#owner, learnt.text, notes, this.#version);
      this.#kept = figuresOf(learnt, this.searched);
    } catch (error) {
      if (isNotLeader(error)) return;
      const message = `what was learnt is not kept: ${error instanceof Error ? error.message : String(error)}`;
      this.#problem = { reason: "StateNotKept", message };
    }
  }

  /** The next look reads it anew: somebody may have imported one. */
  refresh(): void {
    this.#recalled = false;
  }

  #isNews(learnt: PackedState): boolean {
    const { windows, learntUntil } = figuresOf(learnt, this.searched);
    return this.#kept?.windows !== windows || learntUntil - this.#kept.learntUntil >= DAY_MS;
  }
}

/** What decides whether a write says something new: the windows, and which were looked for; or a day has passed. */
interface Figures {
  windows: string;
  learntUntil: number;
}

function figuresOf({ windows, learntUntil }: PackedState, searched: Notes["searched"]): Figures {
  return { windows: JSON.stringify([windows, searched]), learntUntil };
}
