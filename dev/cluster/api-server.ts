import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { auditPolicy } from "./audit-log.ts";
import { answers, type Component } from "./component.ts";
import type { Credentials } from "./credentials.ts";
import { freePort } from "./ports.ts";

export interface ApiServerOptions {
  command: string;
  directory: string;
  credentials: Credentials;
  etcdEndpoint: string;
  /** Write the audit log, for tests that look at requests. */
  audit: boolean;
  /** This machine's address on the network of real pods; see ClusterOptions. */
  nodeAddress?: string;
  /** More flags; they come last. */
  args?: readonly string[];
}

export interface ApiServer extends Component {
  /** Its URL. */
  server: string;
  auditLog: string;
}

export async function apiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { directory, credentials } = options;
  const { files } = credentials;
  const port = await freePort();
  const server = `https://127.0.0.1:${port}`;
  const auditLog = join(directory, "audit.log");
  const policy = join(directory, "audit-policy.json");
  if (options.audit) await writeFile(policy, JSON.stringify(auditPolicy));
  const admin = { ca: credentials.ca, cert: credentials.admin.certificate, key: credentials.admin.privateKey };
  return {
    name: "kube-apiserver",
    command: options.command,
    server,
    auditLog,
    args: [
      `--secure-port=${port}`,
      ...(options.nodeAddress === undefined ? withoutPods : withPods(options.nodeAddress, credentials)),
      "--service-cluster-ip-range=10.96.0.0/16",
      `--etcd-servers=${options.etcdEndpoint}`,
      `--tls-cert-file=${files.serving}`,
      `--tls-private-key-file=${files.servingKey}`,
      `--client-ca-file=${files.ca}`,
      "--authorization-mode=Node,RBAC",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${files.serviceAccountPublic}`,
      `--service-account-signing-key-file=${files.serviceAccountPrivate}`,
      `--requestheader-client-ca-file=${files.frontProxyCa}`,
      "--requestheader-allowed-names=front-proxy",
      "--requestheader-username-headers=X-Remote-User",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
      `--proxy-client-cert-file=${files.frontProxy}`,
      `--proxy-client-key-file=${files.frontProxyKey}`,
      ...(options.audit ? [`--audit-policy-file=${policy}`, `--audit-log-path=${auditLog}`] : []),
      ...(options.args ?? []),
    ],
    // The default namespace is made by the server itself, a moment after it calls itself ready.
    ready: async () =>
      (await answers(`${server}/readyz`, admin)) && (await answers(`${server}/api/v1/namespaces/default`, admin)),
  };
}

const withoutPods = [
  "--bind-address=127.0.0.1",
  "--advertise-address=127.0.0.1",
  // No endpoint of the Service `kubernetes` may be a loopback address, and no pod here reads it.
  "--endpoint-reconciler-type=none",
];

/** Pods find it by the Service `kubernetes`; for logs and exec it goes to the kubelet, as admin. */
function withPods(address: string, { files }: Credentials): string[] {
  return [
    "--bind-address=0.0.0.0",
    `--advertise-address=${address}`,
    "--endpoint-reconciler-type=lease",
    "--kubelet-preferred-address-types=InternalIP",
    `--kubelet-certificate-authority=${files.ca}`,
    `--kubelet-client-certificate=${files.admin}`,
    `--kubelet-client-key=${files.adminKey}`,
  ];
}
