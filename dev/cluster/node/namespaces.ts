import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A real node lives in namespaces of its own: its network, its mounts and its processes are gone, all of them, with
 * the one command that is run there, however that ends. The machine's iptables, containerd and files stay untouched.
 */

/** Set for what runs inside, so that a node is started nowhere else. */
const MARK = "INVOICEOPS_NODE";

export function isInside(env: NodeJS.ProcessEnv = process.env): boolean {
  return env[MARK] === "1";
}

/** Folders where programs leave things under fixed names: empty inside, and gone afterwards. */
const OWN_FOLDERS = ["/run", "/var/lib", "/var/log"];

/** The shell stays: as the first process of its namespace it takes care of orphans, which no other program does. */
const SCRIPT = `
ip link set lo up
for folder in ${OWN_FOLDERS.join(" ")}; do mount -t tmpfs -o mode=755 tmpfs $folder; done
"$@"
exit $?`;

/** Runs the command inside and returns its exit code. Everything that it leaves in its TMPDIR is removed. */
export async function runInside(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "invoiceops-e2e-"));
  try {
    const namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const child = spawn("unshare", [...namespaces, "bash", "-euc", SCRIPT, "bash", command, ...args], {
      stdio: "inherit",
      env: { ...env, [MARK]: "1", TMPDIR: folder },
    });
    const [code] = (await once(child, "exit")) as [number | null];
    return code ?? 1;
  } finally {
    await removeCgroups();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

const CGROUPS = "/sys/fs/cgroup";
/** Where containerd puts the containers of a kubelet. */
const CONTAINERS = "k8s.io";

/** The groups of containers that are gone; one with a process in it cannot be removed, so nobody else's is. */
async function removeCgroups(): Promise<void> {
  const roots = [CGROUPS, ...(await subfolders(CGROUPS))].map((root) => join(root, CONTAINERS));
  for (const root of roots) {
    for (const group of await subfolders(root)) await rmdir(group).catch(() => undefined);
    await rmdir(root).catch(() => undefined);
  }
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}
