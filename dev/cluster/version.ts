/** Three numbers; whatever follows them (pre-release, build metadata) takes no part in comparisons. */
export type Version = readonly [major: number, minor: number, patch: number];

/** From is included, before is not; left out means open on that side. */
export interface VersionRange {
  from: Version;
  before?: Version;
}

/** The first version in what a program prints about itself, such as `etcd Version: 3.6.16` or `Kubernetes v1.36.3`. */
export function findVersion(text: string): Version | undefined {
  const found = /(?<![\d.])(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] : undefined;
}

/** Negative when `a` is the older one, 0 when they are equal, positive when it is the newer one. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

export function versionFits(version: Version, range: VersionRange): boolean {
  if (compareVersions(version, range.from) < 0) return false;
  return range.before === undefined || compareVersions(version, range.before) < 0;
}
