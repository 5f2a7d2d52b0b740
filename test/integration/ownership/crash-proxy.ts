import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Agent, request as forward } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ClusterAccess } from "../../../dev/cluster/access.ts";

/** A moment in the life of a process: just before its nth write reaches the API server, or just after. */
export interface Moment {
  write: number;
  when: "before" | "after";
}

/**
 * Stands between the operator and the API server and strikes at a chosen write: before it gets there, or after the
 * API server has done it and before the answer is told. Between two writes all moments are alike.
 */
export class CrashProxy {
  /** For a kubeconfig that speaks as the given ServiceAccount, through here. */
  readonly kubeconfig: string;
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #target: string;
  #armed: (Moment & { strike: () => void }) | undefined;

  private constructor(cluster: ClusterAccess, kubeconfig: string) {
    this.kubeconfig = kubeconfig;
    this.#target = cluster.server;
    this.#agent = new Agent({ ca: cluster.connection.ca, keepAlive: true });
    this.#server = createServer((request, response) => void this.#pass(request, response));
  }

  static async start(cluster: ClusterAccess, namespace: string, account: string): Promise<CrashProxy> {
    const path = join(cluster.connection.directory, `${namespace}-proxy.kubeconfig`);
    const proxy = new CrashProxy(cluster, path);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    const server = `http://127.0.0.1:${(proxy.#server.address() as AddressInfo).port}`;
    const token = await cluster.serviceAccountToken(namespace, account);
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "proxy", cluster: { server, "insecure-skip-tls-verify": true } }],
      users: [{ name: account, user: { token } }],
      contexts: [{ name: "proxy", context: { cluster: "proxy", user: account, namespace } }],
      "current-context": "proxy",
    };
    await writeFile(path, JSON.stringify(config), { mode: 0o600 });
    return proxy;
  }

  /** Calls `strike` at that moment, counted from now. */
  arm(moment: Moment, strike: () => void): void {
    this.#armed = { ...moment, strike };
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await once(this.#server, "close");
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const struck = request.method === "GET" ? undefined : this.#due();
    if (struck?.when === "before") {
      struck.strike();
      return;
    }
    try {
      const onward = forward(`${this.#target}${request.url}`, {
        agent: this.#agent,
        method: request.method ?? "GET",
        headers: { ...request.headers, host: new URL(this.#target).host },
      });
      response.on("close", () => onward.destroy());
      onward.end(Buffer.concat(await request.toArray()));
      const [answer] = (await once(onward, "response")) as [IncomingMessage];
      if (struck) {
        await answer.toArray();
        struck.strike();
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    } catch {
      // One of the two ends is gone, and the other one learns it.
      response.destroy();
    }
  }

  #due(): (Moment & { strike: () => void }) | undefined {
    const armed = this.#armed;
    if (!armed) return undefined;
    armed.write -= 1;
    if (armed.write > 0) return undefined;
    this.#armed = undefined;
    return armed;
  }
}
