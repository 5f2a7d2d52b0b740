/** What tells filing windows apart, and how much the one tells about the other. */

/** Each further window back counts this much less. */
const DECAY = 0.9;
/** What a window of another calendar, filing or type tells: something of the shape, little of the height. */
const BORROWED = 0.25;

export interface WindowIdentity {
  calendar: string;
  /** `2026-02 GSTR-1`: what follows the period is the filing. */
  period: string;
  type: string;
  deadline: number;
}

/** Windows are of one kind when calendar, filing and type are the same. */
function kindOf({ calendar, period, type }: WindowIdentity): string {
  return JSON.stringify([calendar, period.split(" ").slice(1).join(" "), type]);
}

/**
 * How much each window tells about the wanted one: 1 the nearest of its own kind, 0.9 the next, and so on; those of
 * each other kind a quarter of that.
 */
export function weighted<W extends WindowIdentity>(
  wanted: WindowIdentity,
  windows: readonly W[],
): { window: W; weight: number }[] {
  const own = kindOf(wanted);
  return [...Map.groupBy(windows, kindOf)].flatMap(([kind, alike]) =>
    alike
      .toSorted((a, b) => Math.abs(a.deadline - wanted.deadline) - Math.abs(b.deadline - wanted.deadline))
      .map((window, rank) => ({ window, weight: DECAY ** rank * (kind === own ? 1 : BORROWED) })),
  );
}

/** How much a window tells about another, whatever lies between them. */
export function kinship(one: WindowIdentity, other: WindowIdentity): number {
  return kindOf(one) === kindOf(other) ? 1 : BORROWED;
}
