// A cluster of one's own until Ctrl-C: node dev/cluster/main.ts
import { startCluster } from "./cluster.ts";

const start = performance.now();
const cluster = await startCluster({ nodes: { count: 2 }, audit: true });
console.log(`ready after ${((performance.now() - start) / 1000).toFixed(1)} s; logs in ${cluster.connection.directory}/logs
export KUBECONFIG=${cluster.adminKubeconfig}
Ctrl-C ends it and leaves nothing behind.`);
const [signal] = await Promise.race((["SIGINT", "SIGTERM", "SIGHUP"] as const).map(signalled));
console.log(`\n${signal}: stopping`);
await cluster.stop();

function signalled(name: NodeJS.Signals): Promise<[NodeJS.Signals]> {
  return new Promise((resolve) => process.once(name, () => resolve([name])));
}
