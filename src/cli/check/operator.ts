import { ConfigError, readConfig, type Config } from "../../config.ts";
import { isForbidden } from "../../kube/errors.ts";
import { deployments, keyOf, type Deployment } from "../../kube/resource.ts";
import { VERSION } from "../../version.ts";
import type { CliContext } from "../verb.ts";
import type { Finding } from "./finding.ts";

/** The operators that are installed, each as its Deployment shows it. */

export interface InstalledOperator {
  namespace: string;
  name: string;
  /** The ServiceAccount that it runs as. */
  account: string;
  /** Absent when its flags cannot be read. */
  config?: Config;
}

/** Labels that the chart gives to the operator and nothing else. */
export const OPERATOR_LABELS = "app.kubernetes.io/part-of=invoiceops,app.kubernetes.io/component=operator";
const VERSION_LABEL = "app.kubernetes.io/version";

const about = "operator";

/**
 * Deployments of the operator in the namespace that was asked for, or else in all of them; where that may not be
 * listed, in the namespace that the command is in.
 */
export async function findDeployments(context: CliContext): Promise<Deployment[]> {
  const { client, namespace } = context.cluster();
  const options = { labelSelector: OPERATOR_LABELS, signal: context.signal };
  if (context.given("namespace")) return (await client.list(deployments, { ...options, namespace })).items;
  try {
    return (await client.list(deployments, options)).items;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return (await client.list(deployments, { ...options, namespace })).items;
  }
}

export function noOperator(context: CliContext): Finding {
  const where = context.given("namespace") ? `the namespace ${context.cluster().namespace}` : "sight";
  return {
    about,
    level: "wrong",
    message: `there is no Deployment of the operator in ${where} (by the labels ${OPERATOR_LABELS})`,
    fix: "helm install invoiceops, or name its namespace with --namespace",
  };
}

export function operatorOf({ metadata, spec }: Deployment): InstalledOperator {
  const { namespace = "", name } = metadata;
  const account = spec?.template.spec?.serviceAccountName ?? "default";
  const { config } = flagsOf(spec);
  return { namespace, name, account, ...(config ? { config } : {}) };
}

/** Whether the Deployment's pods run, all of them, and what is to be said about their version. */
export function deploymentFindings(deployment: Deployment): Finding[] {
  const { metadata, spec, status } = deployment;
  const named = `Deployment ${keyOf(deployment)}`;
  const wanted = spec?.replicas ?? 1;
  const ready = status?.readyReplicas ?? 0;
  const behind =
    (status?.observedGeneration ?? 0) < (metadata.generation ?? 0) || (status?.updatedReplicas ?? 0) < wanted;
  const version = metadata.labels?.[VERSION_LABEL];
  const findings: Finding[] = [];
  if (wanted === 0)
    findings.push({ about, level: "wrong", message: `${named} is scaled to 0: nobody acts`, fix: "scale it to 2" });
  else if (ready < wanted || behind) {
    const why = status?.conditions?.find((condition) => condition.status === "False")?.message;
    const rollout = behind ? ", a change of it is being rolled out" : "";
    findings.push({
      about,
      level: "wrong",
      message: `${named}: ${ready} of ${wanted} pods are ready${rollout}${why === undefined ? "" : `: ${why}`}`,
      fix: `kubectl -n ${metadata.namespace} describe pods -l ${OPERATOR_LABELS}`,
    });
  } else findings.push({ about, level: "ok", message: `${named}: ${ready} of ${wanted} pods are ready` });
  if (version !== undefined && version !== VERSION) {
    findings.push({
      about,
      level: "note",
      message: `${named} is version ${version}, this command is ${VERSION}`,
      fix: `use the command of version ${version}`,
    });
  }
  const { problem } = flagsOf(spec);
  if (problem !== undefined) findings.push({ about, level: "wrong", message: `${named}: ${problem}` });
  return findings;
}

/** What the operator makes of its own flags, of the environment what is written out there; or why it refuses them. */
function flagsOf(spec: Deployment["spec"]): { config?: Config | undefined; problem?: string } {
  const containers = spec?.template.spec?.containers ?? [];
  const container = containers.find(({ name }) => name === "operator") ?? containers[0];
  const written = (container?.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
  try {
    return { config: readConfig(container?.args ?? [], Object.fromEntries(written) as Record<string, string>) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problem: error.message };
  }
}
