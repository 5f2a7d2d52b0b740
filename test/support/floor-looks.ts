import {
  afterWrite,
  baseOf,
  decideFloor,
  emptyFloorMemory,
  type FloorDecision,
  type FloorInput,
  type FloorMemory,
} from "../../src/scaling/floor.ts";
import type { LiveField } from "./live-field.ts";

export const START = Date.parse("2027-01-15T08:00:00Z");

/** A controller that looks at one field again and again: decides, writes, remembers. */
export class Looks {
  readonly field: LiveField;
  now = START;
  wanted: number;
  memory: FloorMemory = emptyFloorMemory;
  /** The values of its writes; "note" is the withdrawal of the note alone. */
  readonly writes: (number | "note")[] = [];
  options: Partial<FloorInput> = {};

  constructor(field: LiveField, wanted: number) {
    this.field = field;
    this.wanted = wanted;
  }

  look(afterMs = 0): FloorDecision {
    this.now += afterMs;
    const target = this.field.target();
    const base = target.kind === "Scale" ? { replicas: 2, raised: false } : baseOf(target);
    const input: FloorInput = {
      now: this.now,
      target,
      wanted: this.wanted,
      base,
      takeOver: false,
      generation: 1,
      memory: this.memory,
      ...this.options,
    };
    const decision = decideFloor(input);
    this.memory = decision.memory;
    if (decision.write) {
      this.field.write(decision.write);
      this.writes.push(decision.write.value ?? "note");
      this.memory = afterWrite(decision, input, this.field.object());
    }
    return decision;
  }

  restart(): void {
    const { contest, declared } = this.memory;
    this.memory = { ...emptyFloorMemory, ...(contest ? { contest } : {}), ...(declared ? { declared } : {}) };
  }
}
