/** The labels of a series, `__name__` included when there is one. */
export type Labels = Readonly<Record<string, string>>;

/** A label's value; as in PromQL, a label that is not there equals "". */
export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? "") : "";
}

/** The series among `all` that have every label of `select`. */
export function matching<T extends { labels: Labels }>(all: readonly T[], select: Labels): T[] {
  const wanted = Object.entries(select);
  return all.filter(({ labels }) => wanted.every(([name, value]) => labelOf(labels, name) === value));
}

/** `{namespace="billing", service="vat-api"}`, as PromQL writes it. */
export function describeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.join(", ")}}`;
}

/** The labels in which several series differ, with two of the values each: `pod ("a", "b", ...)`. */
export function describeDifference(series: readonly { labels: Labels }[]): string {
  const names = new Set(series.flatMap(({ labels }) => Object.keys(labels)));
  const differing = [...names].toSorted().flatMap((name) => {
    const values = [...new Set(series.map(({ labels }) => labelOf(labels, name)))];
    if (values.length < 2) return [];
    const shown = values.slice(0, 2).map((value) => JSON.stringify(value));
    return [`${name} (${[...shown, ...(values.length > 2 ? ["..."] : [])].join(", ")})`];
  });
  return differing.length > 0 ? `they differ in ${differing.join(", ")}` : "their labels are equal";
}
