/**
 * First in, first out, each key once, any key removable, all in constant time. A Set keeps insertion order;
 * the cursor that stays between calls spares the walk over what has been taken out at the front.
 */
export class Fifo {
  readonly #keys = new Set<string>();
  #cursor = this.#keys.values();

  get size(): number {
    return this.#keys.size;
  }

  push(key: string): void {
    this.#keys.add(key);
  }

  shift(): string | undefined {
    let next = this.#cursor.next();
    if (next.done) {
      // An iterator that has reached the end stays there.
      this.#cursor = this.#keys.values();
      next = this.#cursor.next();
    }
    if (next.done) return undefined;
    this.#keys.delete(next.value);
    return next.value;
  }

  remove(key: string): boolean {
    return this.#keys.delete(key);
  }

  clear(): void {
    this.#keys.clear();
  }
}
