interface Entry {
  readonly key: string;
  at: number;
  /** Breaks ties, so that equal times come out in the order in which they went in. */
  order: number;
  index: number;
}

/**
 * Keys with the time at which each is due, earliest first. A binary heap whose entries know their place,
 * so that moving or removing one key costs O(log n) and leaves nothing behind: a key that is put off
 * for a day and then handled at once must not sit in memory for that day.
 */
export class DelayHeap {
  readonly #heap: Entry[] = [];
  readonly #byKey = new Map<string, Entry>();
  #inserted = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The time of the earliest key; undefined when there is none. */
  get earliest(): number | undefined {
    return this.#heap[0]?.at;
  }

  /** Makes the key due at `at`, or leaves it as it is when it is due earlier already. */
  put(key: string, at: number): void {
    const known = this.#byKey.get(key);
    if (known && known.at <= at) return;
    const entry = known ?? { key, at, order: 0, index: this.#heap.length };
    entry.at = at;
    entry.order = this.#inserted++;
    if (!known) {
      this.#byKey.set(key, entry);
      this.#heap.push(entry);
    }
    this.#up(entry);
  }

  remove(key: string): void {
    const entry = this.#byKey.get(key);
    if (!entry) return;
    this.#byKey.delete(key);
    const last = this.#heap.pop();
    if (!last || last === entry) return;
    this.#place(last, entry.index);
    this.#up(last);
    this.#down(last);
  }

  /** Takes out and returns the earliest key that is due at `now`; undefined when none is. */
  takeDue(now: number): string | undefined {
    const first = this.#heap[0];
    if (!first || first.at > now) return undefined;
    this.remove(first.key);
    return first.key;
  }

  clear(): void {
    this.#heap.length = 0;
    this.#byKey.clear();
  }

  #up(entry: Entry): void {
    while (entry.index > 0) {
      const parent = this.#heap[(entry.index - 1) >> 1];
      if (!parent || before(parent, entry)) return;
      this.#swap(parent, entry);
    }
  }

  #down(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.index + 1];
      const right = this.#heap[2 * entry.index + 2];
      const child = left && right && before(right, left) ? right : left;
      if (!child || before(entry, child)) return;
      this.#swap(entry, child);
    }
  }

  #swap(a: Entry, b: Entry): void {
    const index = a.index;
    this.#place(a, b.index);
    this.#place(b, index);
  }

  #place(entry: Entry, index: number): void {
    entry.index = index;
    this.#heap[index] = entry;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
