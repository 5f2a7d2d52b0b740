import { writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import type { Identity } from "./certificates.ts";

export interface Access {
  server: string;
  /** PEM */
  ca: string;
  user: Identity | { token: string };
  namespace?: string;
}

/** Writes a kubeconfig with one context, readable by its owner only, with everything inside it. */
export async function writeKubeconfig(path: string, access: Access): Promise<void> {
  const user =
    "token" in access.user
      ? { token: access.user.token }
      : {
          "client-certificate-data": base64(access.user.certificate),
          "client-key-data": base64(access.user.privateKey),
        };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "local", cluster: { server: access.server, "certificate-authority-data": base64(access.ca) } }],
    users: [{ name: "local", user }],
    contexts: [
      { name: "local", context: { cluster: "local", user: "local", namespace: access.namespace ?? "default" } },
    ],
    "current-context": "local",
  };
  await writeFile(path, stringify(config), { mode: 0o600 });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
