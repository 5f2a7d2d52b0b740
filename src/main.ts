#!/usr/bin/env node
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { ConfigError, readConfig, USAGE, type Config } from "./config.ts";
import { createClient } from "./kube/client.ts";
import { loadClusterConfig } from "./kube/config.ts";
import { LeaderElector } from "./kube/lease.ts";
import { createTransport } from "./kube/transport.ts";
import { createOperator } from "./operator/operator.ts";
import { realClock } from "./runtime/clock.ts";
import { ProbeServer } from "./runtime/health.ts";
import { createLogger, type Logger } from "./runtime/logger.ts";
import { LeaseLostError, Manager } from "./runtime/manager.ts";
import { createMetrics } from "./runtime/metrics.ts";
import { tzVersion } from "./calendar/zone.ts";

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  if (!config) return console.log(USAGE);
  const log = createLogger({ level: config.logLevel });
  // What nobody catches leaves the process in a state that nobody thought of: a new one is safer.
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.on(event, (error: unknown) => {
      log.fatal({ error: describe(error) }, event);
      process.exit(1);
    });
  }
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  try {
    await run(config, log, stop.signal);
  } catch (error) {
    log.fatal({ error: describe(error) }, error instanceof LeaseLostError ? "lost the lease, exiting" : "exiting");
    process.exit(1);
  }
}

async function run(config: Config, log: Logger, signal: AbortSignal): Promise<void> {
  const clock = realClock;
  const metrics = createMetrics();
  const cluster = loadClusterConfig(config);
  const { kubeQps: qps, kubeBurst: burst } = config;
  const transport = createTransport({ config: cluster, clock, log, qps, burst, onRequest: metrics.onRequest });
  // The lease has a connection of its own, so that no other traffic delays a renewal.
  const leaseTransport = createTransport({ config: cluster, clock, log, onRequest: metrics.onRequest });
  const instance = `${hostname()}_${randomUUID()}`;
  const elector = config.leaderElect
    ? new LeaderElector({
        client: createClient(leaseTransport),
        clock,
        log,
        lease: { namespace: config.leaseNamespace ?? cluster.namespace, name: config.leaseName },
        identity: instance,
      })
    : undefined;
  const client = createClient(transport, elector ? { beforeWrite: elector.assertLeader } : {});
  const { port, host } = config;
  const health = new ProbeServer({ port, ...(host === undefined ? {} : { host }), metrics, log });
  const manager = new Manager({ clock, log, metrics, health, ...(elector ? { elector } : {}) });
  const operator = createOperator({
    ...config,
    client,
    transport,
    clock,
    log,
    metrics,
    instance,
    onInformer: (informer, plural) => manager.addInformer(informer, plural),
  });
  for (const controller of operator.controllers) manager.addController(controller);
  for (const runnable of [operator.events, ...operator.checks]) manager.addRunnable(runnable, { leaderOnly: true });

  log.info({ server: cluster.server, instance, node: process.version, tzdata: tzVersion() }, "starting");
  await manager.run(signal);
  await operator.close();
  await Promise.all([transport.close(), leaseTransport.close()]);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(2);
}
