import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { CNI_FOLDER } from "./containerd.ts";

/** Programs of the system that a real node takes, with the Debian package of each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  containerd: "containerd",
  ctr: "containerd",
  runc: "runc",
  iptables: "iptables",
  conntrack: "conntrack",
  socat: "socat",
  buildah: "buildah",
  ip: "iproute2",
  unshare: "util-linux",
  git: "git",
};

/** What this machine lacks for a real node, in words; empty when nothing. `install` is what would mend it, on Debian. */
export interface Preflight {
  missing: string[];
  packages: string[];
}

export function preflight(env: NodeJS.ProcessEnv = process.env): Preflight {
  if (process.platform !== "linux") return { missing: ["Linux (this is " + process.platform + ")"], packages: [] };
  const programs = Object.keys(PROGRAMS).filter((name) => !isOnPath(name, env));
  const plugins = existsSync(join(CNI_FOLDER, "bridge")) ? [] : ["containernetworking-plugins"];
  const missing = [
    ...(process.getuid?.() === 0 ? [] : ["root"]),
    ...(canWriteCgroups() ? [] : ["a writable cgroup file system at /sys/fs/cgroup"]),
    ...programs,
    ...(plugins.length === 0 ? [] : [`the CNI plugins in ${CNI_FOLDER}`]),
    ...(programs.includes("unshare") || canUnshare() ? [] : ["the right to make namespaces (unshare)"]),
  ];
  return { missing, packages: [...new Set([...programs.map((name) => PROGRAMS[name]!), ...plugins])] };
}

function isOnPath(name: string, env: NodeJS.ProcessEnv): boolean {
  return (env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));
}

function canWriteCgroups(): boolean {
  // Version 1 has a folder for each controller, version 2 has the processes at the top.
  const folder = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"].find((path) => existsSync(join(path, "cgroup.procs")));
  try {
    accessSync(folder ?? "/sys/fs/cgroup/none", constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function canUnshare(): boolean {
  return spawnSync("unshare", ["--net", "--mount", "--pid", "--fork", "true"]).status === 0;
}
