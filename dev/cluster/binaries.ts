import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { buildBinary, type Build } from "./build.ts";
import { withBuildLock } from "./build-lock.ts";
import { findInFolders } from "./lookup.ts";
import { buildDigest, readPin } from "./pins.ts";
import { BuildProgress } from "./progress.ts";
import { findVersion, type Version, type VersionRange } from "./version.ts";

interface Recipe {
  /** The folder below pins/. */
  pin: string;
  /** Below the pin's module; left out means that the module itself is the command. */
  command?: string;
  tags?: string;
  /** Go variables that hold the version, with the value to link in. */
  variables?: (version: string) => Record<string, string>;
  /**
   * How a binary that is on the machine already proves that it fits. Without it only our own build is used.
   * `onPath: false` leaves PATH out of the search, but not KUBEBUILDER_ASSETS.
   */
  installed?: { args: readonly string[]; accepts: (pinned: Version) => VersionRange; onPath?: false };
}

const printsVersion = { args: ["--version"], accepts: sameMinor };

const recipes = {
  etcd: { pin: "etcd", installed: { args: ["--version"], accepts: () => ({ from: [3, 5, 0], before: [3, 7, 0] }) } },
  "kube-apiserver": kubernetes("kube-apiserver", printsVersion),
  "kube-controller-manager": kubernetes("kube-controller-manager", printsVersion),
  "kube-scheduler": kubernetes("kube-scheduler", printsVersion),
  kubelet: kubernetes("kubelet", printsVersion),
  "kube-proxy": kubernetes("kube-proxy", printsVersion),
  // The one on PATH is what its user works with, of any age, often a wrapper.
  kubectl: kubernetes("kubectl", { args: ["version", "--client"], accepts: sameMinor, onPath: false }),
  kwok: { pin: "kwok", command: "cmd/kwok", installed: printsVersion },
  prometheus: prometheus("prometheus"),
  promtool: prometheus("promtool"),
  vegeta: { pin: "vegeta" },
  "keda-operator": { pin: "keda", command: "cmd/operator" },
  "keda-adapter": { pin: "keda", command: "cmd/adapter" },
  helm3: helm(3),
  helm4: helm(4),
  argocd: {
    pin: "argocd",
    command: "cmd",
    variables: (version) => ({ "github.com/argoproj/argo-cd/v3/common.version": version.slice(1) }),
  },
} satisfies Record<string, Recipe>;

export type BinaryName = keyof typeof recipes;

/** A binary of the local cluster: where it comes from and where our own build of it is kept. */
export interface Binary extends Build {
  installed?: { args: readonly string[]; range: VersionRange; onPath: boolean };
}

export function describeBinary(name: BinaryName, env: NodeJS.ProcessEnv = process.env): Binary {
  const recipe: Recipe = recipes[name];
  const pin = readPin(recipe.pin);
  const variables = Object.entries(recipe.variables?.(pin.version) ?? {}).map(([key, value]) => `-X ${key}=${value}`);
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", `-ldflags=${["-s -w", ...variables].join(" ")}`];
  if (recipe.tags) flags.push(`-tags=${recipe.tags}`);
  const cache = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const { installed } = recipe;
  return {
    name,
    pin,
    goArgs: [...flags, recipe.command ? `${pin.module}/${recipe.command}` : pin.module],
    cached: join(cache, "invoiceops", "bin", buildDigest(pin, flags), name),
    ...(installed && {
      installed: {
        args: installed.args,
        range: installed.accepts(findVersion(pin.version)!),
        onPath: installed.onPath ?? true,
      },
    }),
  };
}

/** The path of a binary that is there: from KUBEBUILDER_ASSETS, then PATH, when its version fits, then our cache. */
export async function findBinary(name: BinaryName, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const binary = describeBinary(name, env);
  if (binary.installed) {
    const found = await findInFolders(name, binary.installed, env);
    if (found) return found;
  }
  return existsSync(binary.cached) ? binary.cached : undefined;
}

/**
 * The paths of the binaries; those that are not there are built first, with progress on the screen. Rejects with
 * what to install when Go is missing or too old, and with the compiler's words when a build fails.
 */
export async function provideBinaries<N extends BinaryName>(names: readonly N[]): Promise<Record<N, string>> {
  const paths = new Map<N, string | undefined>();
  for (const name of names) paths.set(name, await findBinary(name));
  const missing = names.filter((name) => !paths.get(name));
  if (missing.length > 0) {
    using progress = new BuildProgress(missing.length);
    for (const name of missing) {
      const binary = describeBinary(name);
      progress.begin(name);
      await withBuildLock(binary.cached, () => buildBinary(binary));
      progress.end();
      paths.set(name, binary.cached);
    }
  }
  return Object.fromEntries(paths) as Record<N, string>;
}

/** Kubernetes promises behaviour per minor version; the patch may differ. */
function sameMinor([major, minor]: Version): VersionRange {
  return { from: [major, minor, 0], before: [major, minor + 1, 0] };
}

function kubernetes(command: string, installed: NonNullable<Recipe["installed"]>): Recipe {
  return { pin: "kubernetes", command: `cmd/${command}`, variables: kubernetesVersion, installed };
}

/** Without these the server calls itself v0.0.0-master+$Format, which clients cannot parse. */
function kubernetesVersion(version: string): Record<string, string> {
  const [major, minor] = findVersion(version)!;
  return {
    "k8s.io/component-base/version.gitVersion": version,
    "k8s.io/component-base/version.gitMajor": String(major),
    "k8s.io/component-base/version.gitMinor": String(minor),
  };
}

/** Without its version a chart's kubeVersion and the output of `helm version` speak of a development build. */
function helm(major: 3 | 4): Recipe {
  return {
    pin: `helm${major}`,
    command: "cmd/helm",
    variables: (version) => ({
      [`helm.sh/helm/v${major}/internal/version.version`]: version,
      // Helm 3 alone: what it takes a cluster to be that it renders for without asking one.
      ...(major === 3 && {
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "37",
      }),
    }),
  };
}

/** Without service discovery, whose clients of every cloud are most of a build; scrapes here are static. */
function prometheus(command: string): Recipe {
  return {
    pin: "prometheus",
    command: `cmd/${command}`,
    tags: "remove_all_sd",
    variables: (version) => ({ "github.com/prometheus/common/version.Version": prometheusVersion(version) }),
    installed: { args: ["--version"], accepts: () => ({ from: [2, 42, 0] }) },
  };
}

/** The module's v0.316.0 is Prometheus 3.16.0. */
function prometheusVersion(moduleVersion: string): string {
  const [, minor, patch] = findVersion(moduleVersion)!;
  return `${Math.floor(minor / 100)}.${minor % 100}.${patch}`;
}
