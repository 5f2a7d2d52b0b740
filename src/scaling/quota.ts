/**
 * How many replicas the namespace's ResourceQuotas leave room for.
 */

export interface Quota {
  name: string;
  hard: Readonly<Record<string, string>>;
  used: Readonly<Record<string, string>>;
}

/** What one pod counts for: resource name as in a quota (`requests.cpu`, `pods`, ...) to amount in base units. */
export type PodCost = Readonly<Record<string, number>>;

export interface QuotaRoom {
  /** Replicas that fit in all, those that run included. */
  replicas: number;
  /** The quota and the resource that set the limit, e.g. `team-a requests.cpu`. */
  limitedBy: string;
}

interface Resources {
  requests?: Readonly<Record<string, string>>;
  limits?: Readonly<Record<string, string>>;
}

/**
 * Cost of a pod of these containers. A container that gives only a limit requests as much: the API server fills
 * that in when it creates the pod. Init containers are left out: they count only where they ask for more.
 */
export function podCost(containers: readonly { resources?: Resources }[]): PodCost {
  const cost: Record<string, number> = { pods: 1, "count/pods": 1 };
  const add = (key: string, amount: string): void => {
    cost[key] = (cost[key] ?? 0) + (parseQuantity(amount) ?? 0);
  };
  for (const { resources } of containers) {
    for (const [name, amount] of Object.entries({ ...resources?.limits, ...resources?.requests })) {
      add(`requests.${name}`, amount);
      add(name, amount);
    }
    for (const [name, amount] of Object.entries(resources?.limits ?? {})) add(`limits.${name}`, amount);
  }
  return cost;
}

/** The tightest of the quotas for a workload that has `current` pods; undefined when none limits it. */
export function quotaRoom(quotas: readonly Quota[], cost: PodCost, current: number): QuotaRoom | undefined {
  const rooms = quotas.flatMap(({ name, hard, used }) =>
    Object.entries(hard).flatMap(([resource, limit]) => {
      const each = cost[resource];
      const allowed = parseQuantity(limit);
      if (!each || allowed === undefined) return [];
      const free = Math.max(0, allowed - (parseQuantity(used[resource] ?? "0") ?? 0));
      // A millionth forgives what decimal fractions lose: 0.3 - 0.2 leaves room for 0.1.
      return [{ replicas: current + Math.floor(free / each + 1e-6), limitedBy: `${name} ${resource}` }];
    }),
  );
  return rooms.toSorted((a, b) => a.replicas - b.replicas)[0];
}

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity ("500m", "1.5Gi", "2e3") in base units; undefined when it is not one. */
export function parseQuantity(text: string | number): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]i?|Ki)?$/.exec(String(text));
  const factor = SUFFIXES[match?.[2] ?? ""];
  return match?.[1] === undefined || factor === undefined ? undefined : Number(match[1]) * factor;
}
