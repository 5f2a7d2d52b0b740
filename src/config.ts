import { parseArgs } from "node:util";
import { parseDuration } from "./api/v1alpha1/duration.ts";

/** What the operator process is told: flags, and environment variables where a flag is absent. Frozen and checked. */
export interface Config {
  /** Kubeconfig file and context; absent: KUBECONFIG, ~/.kube/config, the pod's service account. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Where services without a spec.prometheus.url are measured. */
  readonly prometheusUrl?: string;
  /** The namespaces to watch, at least one; absent: all. */
  readonly watchNamespaces?: readonly string[];
  readonly evaluationIntervalMs: number;
  /** Projects of Argo CD whose sync windows are compared with the calendars, at least one; absent: none. */
  readonly argocdProjects?: readonly { readonly namespace: string; readonly name: string }[];
  /** Folder with holiday years, a file for each country (see HolidayFiles); absent: those that are built in. */
  readonly holidaysDir?: string;
  readonly leaderElect: boolean;
  /** Namespace of the Lease; absent: the kubeconfig's or the pod's own. */
  readonly leaseNamespace?: string;
  readonly leaseName: string;
  /** Probes and metrics; 0 for any free port. */
  readonly port: number;
  readonly host?: string;
  /** Limits of our requests to the API server. */
  readonly kubeQps: number;
  readonly kubeBurst: number;
  readonly concurrency: number;
  readonly logLevel: string;
}

/** A flag that cannot be used; the message names it, its value and the fix. */
export class ConfigError extends Error {}

const FLAGS = {
  kubeconfig: "Kubeconfig file (default: KUBECONFIG, ~/.kube/config, then the pod's service account)",
  context: "Context of the kubeconfig",
  "prometheus-url": "Prometheus of services that name none, e.g. http://prometheus.monitoring:9090",
  "watch-namespaces": "Watch these namespaces alone, e.g. billing,tax (default: all)",
  "evaluation-interval": "How often each service is evaluated (default 30s)",
  "argocd-projects": "Compare the sync windows of these projects of Argo CD with the calendars, e.g. argocd/billing",
  "holidays-dir": "Folder with holiday years beside those built in, such as CN.yaml, read again when it changes",
  "leader-elect": "true or false (default true): of several replicas one acts",
  "lease-namespace": "Namespace of the Lease (default: that of the pod or context)",
  "lease-name": "Name of the Lease (default invoiceops)",
  port: "Port of /healthz, /readyz and /metrics (default 8080; 0: any free one)",
  host: "Address that port is opened on (default: all)",
  "kube-qps": "Requests to the API server a second, over time (default 200)",
  "kube-burst": "Requests to the API server at once (default 400)",
  concurrency: "Services that are reconciled at the same time (default 10)",
  "log-level": "debug, info, warn or error (default info)",
} as const;

type Flag = keyof typeof FLAGS;

export const USAGE = `invoiceops: the operator

${Object.entries(FLAGS)
  .map(([name, help]) => `  --${name.padEnd(22)} ${help}`)
  .join("\n")}
  --help                   Show this

Each flag may be given as an environment variable: INVOICEOPS_PROMETHEUS_URL for --prometheus-url.`;

/** Reads and checks; throws a ConfigError. Undefined when help was asked for. */
export function readConfig(args: readonly string[], env: NodeJS.ProcessEnv): Config | undefined {
  const values = parse(args);
  if (values["help"] !== undefined) return undefined;
  const text = (flag: Flag): string | undefined => {
    const value = values[flag] ?? fromEnvironment(flag, env);
    return value === "" || value === undefined ? undefined : String(value);
  };
  const optional = <K extends string>(name: K, flag: Flag): { [P in K]?: string } => {
    const value = text(flag);
    return (value === undefined ? {} : { [name]: value }) as { [P in K]?: string };
  };
  const whole = (flag: Flag, otherwise: number, least: number, most = 1_000_000): number => {
    const value = text(flag);
    if (value === undefined) return otherwise;
    if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    throw new ConfigError(`--${flag} is "${value}": give a whole number from ${least} to ${most}`);
  };
  return Object.freeze({
    ...optional("kubeconfig", "kubeconfig"),
    ...optional("context", "context"),
    ...prometheusUrl(text("prometheus-url")),
    ...namespaces(text("watch-namespaces")),
    ...projects(text("argocd-projects")),
    ...optional("holidaysDir", "holidays-dir"),
    ...optional("leaseNamespace", "lease-namespace"),
    ...optional("host", "host"),
    evaluationIntervalMs: interval(text("evaluation-interval") ?? "30s"),
    leaderElect: oneOf("leader-elect", text("leader-elect") ?? "true", ["true", "false"]) === "true",
    leaseName: text("lease-name") ?? "invoiceops",
    port: whole("port", 8080, 0, 65_535),
    kubeQps: whole("kube-qps", 200, 1),
    kubeBurst: whole("kube-burst", 400, 1),
    concurrency: whole("concurrency", 10, 1),
    logLevel: oneOf("log-level", text("log-level") ?? "info", ["debug", "info", "warn", "error"]),
  });
}

/** A variable of ours. Kubernetes gives a pod INVOICEOPS_PORT=tcp://... for each Service named invoiceops: that one is not. */
function fromEnvironment(flag: Flag, env: NodeJS.ProcessEnv): string | undefined {
  const value = env[`INVOICEOPS_${flag.replaceAll("-", "_").toUpperCase()}`];
  return flag === "port" && value?.includes("://") ? undefined : value;
}

function parse(args: readonly string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: "string" as const }]));
  try {
    return parseArgs({ args: [...args], options: { ...options, help: { type: "boolean" } }, allowPositionals: false })
      .values;
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}; --help lists the flags`);
  }
}

/** The address may hold a password, so the message does not repeat it. */
function prometheusUrl(text: string | undefined): { prometheusUrl?: string } {
  if (text === undefined) return {};
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? "")) return { prometheusUrl: text };
  throw new ConfigError("--prometheus-url is no http or https address: write it as http://prometheus.monitoring:9090");
}

/** A name that no namespace can have would be watched for ever and never found. */
function namespaces(text: string | undefined): { watchNamespaces?: readonly string[] } {
  if (text === undefined) return {};
  const names = text.split(",").map((name) => name.trim());
  const odd = names.find((name) => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name));
  if (odd === undefined) return { watchNamespaces: Object.freeze([...new Set(names)]) };
  throw new ConfigError(`--watch-namespaces has "${odd}", which is no namespace: write them as billing,tax`);
}

function projects(text: string | undefined): Pick<Config, "argocdProjects"> {
  if (text === undefined) return {};
  const found = [...new Set(text.split(",").map((name) => name.trim()))].map((name) => {
    const [, namespace, project] = /^([a-z0-9][-a-z0-9]{0,62})\/([a-z0-9][-.a-z0-9]{0,252})$/.exec(name) ?? [];
    if (namespace !== undefined && project !== undefined) return { namespace, name: project };
    throw new ConfigError(
      `--argocd-projects has "${name}", which is no project: write namespace/name, as argocd/billing`,
    );
  });
  return { argocdProjects: Object.freeze(found) };
}

function interval(text: string): number {
  try {
    const ms = parseDuration(text);
    if (ms >= 1_000) return ms;
  } catch {
    // The message below says the same in the words of the flag.
  }
  throw new ConfigError(`--evaluation-interval is "${text}": give a duration of 1s or more, for example 30s`);
}

function oneOf(flag: Flag, value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  throw new ConfigError(`--${flag} is "${value}": give one of ${allowed.join(", ")}`);
}
