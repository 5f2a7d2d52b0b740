import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Supervisor } from "./supervisor/client.ts";
import type { Program } from "./supervisor/protocol.ts";

/** A program and how to see that it is ready to be used. */
export interface Component extends Program {
  ready: () => Promise<boolean>;
}

const READY_WITHIN_MS = 60_000;
const POLL_MS = 50;

/**
 * Runs the component and waits until it is ready. Rejects when it ends first or is not ready within a minute, with
 * the last lines of its log.
 */
export async function startComponent(supervisor: Supervisor, component: Component): Promise<{ pid: number }> {
  const { ready, ...program } = component;
  const pid = await supervisor.run(program);
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await ready())) {
    const exit = supervisor.exitOf(program.name);
    const late = performance.now() > deadline;
    if (exit || late) {
      const what = exit
        ? `ended with ${exit.signal ?? `code ${String(exit.code)}`} while starting`
        : `was not ready within ${READY_WITHIN_MS / 1000} s`;
      throw new Error(`${program.name} ${what}; the end of its log:\n${supervisor.logTail(program.name)}`);
    }
    await sleep(POLL_MS, undefined, { signal: supervisor.ended });
  }
  return { pid };
}

/** Whether a GET of the URL is answered with 200; no answer within 2 s is a no. */
export function answers(url: string, tls: { ca?: string; cert?: string; key?: string } = {}): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { ...tls, agent: false, timeout: 2_000 } as const;
    const request = (url.startsWith("https:") ? httpsRequest : httpRequest)(url, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
    request.end();
  });
}

/** Whether somebody listens on the port of this machine's loopback; no answer within 2 s is a no. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: 2_000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", end(true)).on("timeout", end(false)).on("error", end(false));
  });
}
