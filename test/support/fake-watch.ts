import type { ServerResponse } from "node:http";

import { apiVersionOf } from "../../src/kube/resource.ts";
import type { FakeCall } from "./fake-api-server.ts";
import type { StreamFault } from "./fake-faults.ts";
import { Refusal, type FakeChange, type FakeObject } from "./fake-store.ts";

/** The server's end of one open watch. */
export class FakeWatch {
  readonly #response: ServerResponse;
  readonly #call: FakeCall;
  readonly #selects: (object: FakeObject) => boolean;
  readonly #sent: string[] = [];
  #silent = false;
  #repeats = false;

  constructor(response: ServerResponse, call: FakeCall, selects: (object: FakeObject) => boolean) {
    this.#response = response;
    this.#call = call;
    this.#selects = selects;
  }

  /** Tells the change as this watch sees it: an object that leaves its selection is deleted for it. */
  send({ type, object, previous }: FakeChange): void {
    const before = previous !== undefined && this.#selects(previous);
    const after = type !== "DELETED" && this.#selects(object);
    if (before || after) this.#write({ type: after ? (before ? "MODIFIED" : "ADDED") : "DELETED", object });
  }

  bookmark(revision: number): void {
    if (this.#call.query.get("allowWatchBookmarks") !== "true") return;
    const { resource } = this.#call;
    const metadata = { resourceVersion: String(revision), creationTimestamp: null };
    this.#write({ type: "BOOKMARK", object: { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata } });
  }

  refuse(refusal: Refusal): void {
    this.#write({ type: "ERROR", object: refusal.status });
    this.#response.end();
  }

  disturb(fault: StreamFault): void {
    switch (fault) {
      case "end":
        this.#response.end();
        return;
      case "cut":
        this.#response.end('{"type":"MODIFIED","object":{"apiVersion":');
        return;
      case "drop":
        this.#response.socket?.resetAndDestroy();
        return;
      case "silence":
        this.#silent = true;
        return;
      case "expire":
        this.refuse(new Refusal(410, "Expired", "too old resource version"));
        return;
      case "garble":
        this.#response.write("<html>Bad Gateway</html>\n");
        return;
      case "repeat":
        this.#repeats = true;
        for (const line of this.#sent) this.#response.write(line);
    }
  }

  #write(event: { type: string; object: unknown }): void {
    if (this.#silent || this.#response.writableEnded || this.#response.destroyed) return;
    const line = `${JSON.stringify(event)}\n`;
    this.#sent.push(line);
    this.#response.write(this.#repeats ? line + line : line);
  }
}
