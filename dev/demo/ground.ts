import type { Client } from "../../src/kube/client.ts";
import type { Transport } from "../../src/kube/transport.ts";
import type { Component } from "../cluster/component.ts";
import type { Example } from "./manifests.ts";
import type { Manifest } from "./resources.ts";

/** A cluster that the demo plays on: one of its own, or the user's. What it adds to it goes when it is disposed of. */
export interface Ground extends AsyncDisposable {
  readonly client: Client & { readonly transport: Transport };
  readonly namespace: string;
  /** Brings in what the example needs around it, and returns the operator's process, not yet started. */
  install(prometheusUrl: string): Promise<Component>;
  /** The objects of the example as they are applied here, in this order. */
  fit(example: Example): Manifest[];
  /** How long pods take to start here, ms; absent where they are real. */
  readonly startDurations?: readonly number[];
  /** How a user looks around, for the screen. */
  readonly access: string;
}
