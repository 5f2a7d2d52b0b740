import { createClient } from "../kube/client.ts";
import { loadClusterConfig } from "../kube/config.ts";
import { createTransport, type Transport } from "../kube/transport.ts";
import type { Clock } from "../runtime/clock.ts";
import { VERSION } from "../version.ts";
import type { Cluster } from "./verb.ts";

interface ConnectOptions {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  requestTimeoutMs?: number;
}

/** No cluster is configured, or the kubeconfig cannot be used. */
export class NoClusterError extends Error {}

/** Connects when it is first asked to, so that what needs no cluster never looks for one. */
export function connector(
  { clock }: { clock: Clock },
  options: ConnectOptions,
): { cluster(this: void): Cluster; close(this: void): Promise<void> } {
  let connected: Cluster | undefined;
  return {
    cluster: () => (connected ??= connect(clock, options)),
    close: async () => connected?.transport.close(),
  };
}

function connect(clock: Clock, { namespace, requestTimeoutMs, ...where }: ConnectOptions): Cluster {
  const config = configOf(where);
  const transport = createTransport({ config, clock, userAgent: `invoiceops-cli/${VERSION}` });
  const limited = requestTimeoutMs === undefined ? transport : withTimeout(transport, requestTimeoutMs);
  return {
    client: createClient(limited, { fieldManager: "invoiceops-cli" }),
    transport: limited,
    server: config.server,
    namespace: namespace ?? config.namespace,
  };
}

function configOf(where: { kubeconfig?: string; context?: string }): ReturnType<typeof loadClusterConfig> {
  try {
    return loadClusterConfig(where);
  } catch (cause) {
    const { code, path, message } = cause as NodeJS.ErrnoException;
    throw new NoClusterError(code === "ENOENT" ? `the kubeconfig ${path} does not exist` : message, { cause });
  }
}

function withTimeout(transport: Transport, timeoutMs: number): Transport {
  return {
    request: (request) => transport.request({ ...request, timeoutMs }),
    stream: (request) => transport.stream(request),
    close: () => transport.close(),
  };
}
