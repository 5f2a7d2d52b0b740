import { join } from "node:path";
import { answers, type Component } from "./component.ts";
import { freePort } from "./ports.ts";

export interface Etcd extends Component {
  /** Its client URL, plain HTTP on loopback. */
  endpoint: string;
}

/** An etcd of one member that never waits for the disk: its data lives no longer than the run directory. */
export async function etcd(command: string, directory: string): Promise<Etcd> {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const peers = `http://127.0.0.1:${await freePort()}`;
  return {
    name: "etcd",
    command,
    endpoint,
    args: [
      "--name=local",
      `--data-dir=${join(directory, "etcd")}`,
      `--listen-client-urls=${endpoint}`,
      `--advertise-client-urls=${endpoint}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=local=${peers}`,
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
    ready: () => answers(`${endpoint}/health`),
  };
}

/** Compacts away all history before now, as an API server does every five minutes, and returns the revision. */
export async function compact(endpoint: string): Promise<number> {
  const { header } = (await call(endpoint, "kv/range", { key: "AA==" })) as { header: { revision: string } };
  await call(endpoint, "kv/compaction", { revision: header.revision, physical: true });
  return Number(header.revision);
}

async function call(endpoint: string, method: string, body: object): Promise<unknown> {
  const response = await fetch(`${endpoint}/v3/${method}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd ${method}: ${response.status} ${await response.text()}`);
  return response.json();
}
