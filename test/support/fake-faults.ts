import type { ServerResponse } from "node:http";

import { Refusal } from "./fake-store.ts";

/** What a request gets instead of its answer. */
export type RequestFault =
  /** A Status of this code; `retryAfter` in seconds. */
  | { status: number; reason: string; retryAfter?: number }
  /** The request is accepted and never answered. */
  | "hang"
  /** The connection is reset. */
  | "reset"
  /** The headers come late: not before this promise is settled. */
  | { until: Promise<void> };

/** What happens to a watch that is open. */
export type StreamFault =
  /** The server ends the answer, as it does after `timeoutSeconds`. */
  | "end"
  /** The answer ends in the middle of a line. */
  | "cut"
  /** The connection is reset. */
  | "drop"
  /** The connection stays open and nothing comes any more. */
  | "silence"
  /** An ERROR event says that the version is too old. */
  | "expire"
  /** A line that is not JSON. */
  | "garble"
  /** All events come again, and each new one comes twice. */
  | "repeat";

/** Applies a fault to a request; returns the fault that is for the open watch, if it is of that kind. */
export async function failRequest(
  response: ServerResponse,
  fault: RequestFault | StreamFault,
): Promise<StreamFault | "failed" | undefined> {
  if (fault === "hang") return "failed";
  if (fault === "reset") {
    response.socket?.resetAndDestroy();
    return "failed";
  }
  if (typeof fault === "string") return fault;
  if ("until" in fault) {
    await fault.until;
    return undefined;
  }
  if (fault.retryAfter !== undefined) response.setHeader("retry-after", String(fault.retryAfter));
  throw new Refusal(fault.status, fault.reason, `refused by the test: ${fault.reason}`);
}
