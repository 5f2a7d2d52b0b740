import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAuthority, createKeyPair, issue, type Identity } from "./certificates.ts";

/** All keys and certificates of one cluster. */
export interface Credentials {
  /** PEM of the authority behind every certificate, clients' and servers'. */
  ca: string;
  admin: Identity;
  controllerManager: Identity;
  scheduler: Identity;
  kwok: Identity;
  /** Paths of the PEM files that programs read. */
  files: {
    ca: string;
    caKey: string;
    admin: string;
    adminKey: string;
    serving: string;
    servingKey: string;
    serviceAccountPublic: string;
    serviceAccountPrivate: string;
    frontProxyCa: string;
    frontProxy: string;
    frontProxyKey: string;
  };
}

/** The first address of the Service range is the Service `kubernetes`. */
const SERVING_HOSTS = ["127.0.0.1", "10.96.0.1", "localhost", "kubernetes.default.svc", "kubernetes.default"];

/** Makes them anew and writes the files into `directory`. */
export async function createCredentials(directory: string): Promise<Credentials> {
  const [ca, frontProxyCa, serviceAccounts] = await Promise.all([
    createAuthority("invoiceops-local"),
    // Its own authority: whoever holds a certificate of it may speak for any user.
    createAuthority("invoiceops-local-front-proxy"),
    createKeyPair(),
  ]);
  const [serving, frontProxy, admin, controllerManager, scheduler, kwok] = await Promise.all([
    issue(ca, { commonName: "kube-apiserver", hosts: SERVING_HOSTS }),
    issue(frontProxyCa, { commonName: "front-proxy" }),
    issue(ca, { commonName: "local-admin", organization: "system:masters" }),
    issue(ca, { commonName: "system:kube-controller-manager" }),
    issue(ca, { commonName: "system:kube-scheduler" }),
    issue(ca, { commonName: "system:kwok", organization: "system:masters" }),
  ]);
  const files = await writeAll(join(directory, "pki"), {
    ca: ca.certificate,
    caKey: ca.privateKey,
    admin: admin.certificate,
    adminKey: admin.privateKey,
    serving: serving.certificate,
    servingKey: serving.privateKey,
    serviceAccountPublic: serviceAccounts.publicKey,
    serviceAccountPrivate: serviceAccounts.privateKey,
    frontProxyCa: frontProxyCa.certificate,
    frontProxy: frontProxy.certificate,
    frontProxyKey: frontProxy.privateKey,
  });
  return { ca: ca.certificate, admin, controllerManager, scheduler, kwok, files };
}

async function writeAll<K extends string>(directory: string, texts: Record<K, string>): Promise<Record<K, string>> {
  await mkdir(directory, { mode: 0o700 });
  const paths = Object.entries<string>(texts).map(async ([name, text]) => {
    const path = join(directory, `${name}.pem`);
    await writeFile(path, text, { mode: 0o600 });
    return [name, path];
  });
  return Object.fromEntries(await Promise.all(paths)) as Record<K, string>;
}
