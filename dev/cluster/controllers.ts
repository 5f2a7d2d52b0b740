import { answers, type Component } from "./component.ts";
import type { Credentials } from "./credentials.ts";
import { freePort } from "./ports.ts";

export interface ControllersOptions {
  command: string;
  credentials: Credentials;
  /** Path of its own identity's kubeconfig. */
  kubeconfig: string;
}

export interface ControllerManagerSettings {
  /** How often the HPA controller looks, as a Go duration; Kubernetes' own default is 15s. */
  hpaSyncPeriod?: string;
  /** How long the HPA controller remembers higher recommendations; Kubernetes' own default is 5m. */
  hpaDownscaleStabilization?: string;
  /** More flags; they come last. */
  args?: readonly string[];
}

export async function controllerManager(
  options: ControllersOptions,
  settings: ControllerManagerSettings = {},
): Promise<Component> {
  const { files } = options.credentials;
  return controllers("kube-controller-manager", options, [
    "--use-service-account-credentials",
    `--service-account-private-key-file=${files.serviceAccountPrivate}`,
    `--root-ca-file=${files.ca}`,
    `--cluster-signing-cert-file=${files.ca}`,
    `--cluster-signing-key-file=${files.caKey}`,
    "--kube-api-qps=200",
    "--kube-api-burst=400",
    `--horizontal-pod-autoscaler-sync-period=${settings.hpaSyncPeriod ?? "15s"}`,
    `--horizontal-pod-autoscaler-downscale-stabilization=${settings.hpaDownscaleStabilization ?? "5m"}`,
    ...(settings.args ?? []),
  ]);
}

export function scheduler(options: ControllersOptions): Promise<Component> {
  return controllers("kube-scheduler", options, ["--kube-api-qps=200", "--kube-api-burst=400"]);
}

/** What the two have in common: no second replica to elect against, and a health port of its own. */
async function controllers(name: string, options: ControllersOptions, args: readonly string[]): Promise<Component> {
  const port = await freePort();
  const { ca, files } = options.credentials;
  return {
    name,
    command: options.command,
    args: [
      `--kubeconfig=${options.kubeconfig}`,
      `--authentication-kubeconfig=${options.kubeconfig}`,
      `--authorization-kubeconfig=${options.kubeconfig}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--tls-cert-file=${files.serving}`,
      `--tls-private-key-file=${files.servingKey}`,
      "--leader-elect=false",
      ...args,
    ],
    ready: () => answers(`https://127.0.0.1:${port}/healthz`, { ca }),
  };
}
