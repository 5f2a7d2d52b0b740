import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { onTestFinished } from "vitest";

export type Answer = (request: IncomingMessage & { body: string }, response: ServerResponse) => void;

/** A server that gives its answers in order, the last one for ever, and keeps what it saw. */
export async function serve(
  ...answers: Answer[]
): Promise<{ url: string; seen: IncomingMessage[]; sockets: Set<unknown> }> {
  const seen: IncomingMessage[] = [];
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => {
    seen.push(request);
    sockets.add(request.socket);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    void text(request).then((body) => answer?.(Object.assign(request, { body }), response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, sockets };
}

export const json =
  (value: unknown, code = 200, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  };
export const ok = json({ kind: "Pod" });
export const html =
  (code: number): Answer =>
  (_, response) => {
    response.writeHead(code, { "content-type": "text/html" }).end("<h1>sorry</h1>");
  };
export const hang: Answer = () => undefined;
export const reset: Answer = (request) => request.socket.destroy();
export const resetInBody: Answer = (request, response) => {
  response.writeHead(200, { "content-length": "100" }).write("{", () => request.socket.destroy());
};
export const refuse = (code: number, reason: string, retryAfter?: string): Answer =>
  json({ kind: "Status", code, reason, message: reason }, code, retryAfter ? { "retry-after": retryAfter } : {});
