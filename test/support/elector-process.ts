/**
 * A process that competes for a lease and, guarded by it, writes as fast as it can: a ConfigMap of its own name.
 * Arguments: kubeconfig, namespace, lease, identity, lease duration in ms. Tells what happens as lines on standard output:
 * "leading", "passed N" (the guard let a write pass, at N ms since the epoch), "held back" (a write that it stopped),
 * "failed ..." (one that had passed and got no good answer), "lost". Ends with 1 a second after a loss: that second
 * is there for the test, to show that the guard holds without the exit. SIGTERM releases the lease.
 */
import { createClient } from "../../src/kube/client.ts";
import { loadClusterConfig } from "../../src/kube/config.ts";
import { isNotLeader } from "../../src/kube/errors.ts";
import { LeaderElector } from "../../src/kube/lease.ts";
import { configMaps } from "../../src/kube/resource.ts";
import { createTransport } from "../../src/kube/transport.ts";
import { realClock as clock } from "../../src/runtime/clock.ts";
import { silentLogger } from "../../src/runtime/logger.ts";

const [kubeconfig = "", namespace = "", name = "", identity = "", duration = "15000"] = process.argv.slice(2);
const config = loadClusterConfig({ kubeconfig });
const leaseDurationMs = Number(duration);
const elector = new LeaderElector({
  client: createClient(createTransport({ config, clock })),
  clock,
  log: silentLogger,
  lease: { namespace, name },
  identity,
  leaseDurationMs,
  renewDeadlineMs: (leaseDurationMs * 2) / 3,
  retryPeriodMs: (leaseDurationMs * 2) / 15,
});
const client = createClient(createTransport({ config, clock, userAgent: identity, qps: 1000 }), {
  beforeWrite: () => {
    elector.assertLeader();
    console.log(`passed ${clock.now()}`);
  },
});

async function writeForEver(): Promise<never> {
  for (let count = 0; ; count += 1) {
    try {
      await client.apply(configMaps, { metadata: { namespace, name: identity }, data: { count: String(count) } });
    } catch (error) {
      console.log(isNotLeader(error) ? "held back" : `failed ${String(error)}`);
    }
    await clock.sleep(20);
  }
}

const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
await elector.run(stop.signal, {
  onStarted: () => {
    console.log("leading");
    for (let writer = 0; writer < 4; writer += 1) void writeForEver();
  },
  onLost: () => {
    console.log("lost");
    clock.after(1000, () => process.exit(1));
  },
});
if (stop.signal.aborted) {
  await elector.release();
  process.exit(0);
}
