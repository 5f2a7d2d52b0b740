import { expect, test } from "vitest";
import { findVersion, versionFits, type Version, type VersionRange } from "./version.ts";

test.each([
  ["etcd Version: 3.6.16\nGit SHA: Not provided\nGo Version: go1.26.8", [3, 6, 16]],
  ["Kubernetes v1.36.3", [1, 36, 3]],
  ["Kubernetes v1.37.0-alpha.1+0a1b2c", [1, 37, 0]],
  ["Client Version: v1.36.3\nKustomize Version: v5.8.1", [1, 36, 3]],
  ["prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5+b5)", [2, 42, 0]],
  ["kwok version v0.8.0 go1.26.8 (linux/amd64)", [0, 8, 0]],
  ["go1.26", [1, 26, 0]],
])("finds the version in %j", (text, version) => {
  expect(findVersion(text)).toEqual(version);
});

test.each(["", "Kubernetes v0-master+$Format:%H$", "prometheus, version  (branch: , revision: unknown)"])(
  "finds none in %j",
  (text) => {
    expect(findVersion(text)).toBeUndefined();
  },
);

test.each<[Version, VersionRange, boolean]>([
  [[3, 5, 0], { from: [3, 5, 0], before: [3, 7, 0] }, true],
  [[3, 6, 99], { from: [3, 5, 0], before: [3, 7, 0] }, true],
  [[3, 7, 0], { from: [3, 5, 0], before: [3, 7, 0] }, false],
  [[3, 4, 30], { from: [3, 5, 0], before: [3, 7, 0] }, false],
  [[2, 9, 0], { from: [2, 42, 0] }, false],
  [[10, 0, 0], { from: [2, 42, 0] }, true],
])("%j in %j: %s", (version, range, fits) => {
  expect(versionFits(version, range)).toBe(fits);
});
