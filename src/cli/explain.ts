import { isKindMissing, KubeError } from "../kube/errors.ts";
import { NoClusterError } from "./connect.ts";
import { UsageError, type Verb } from "./verb.ts";

/** What went wrong, in words that say what to do. */
export function explain(error: unknown, { command, verb }: { command: string; verb: Verb | undefined }): string {
  if (error instanceof UsageError) {
    return `${error.message}\n${[command, error.verb ?? verb?.name].filter((word) => word !== undefined).join(" ")} --help shows how it is used`;
  }
  if (error instanceof NoClusterError) {
    return `${error.message}\nname another with --kubeconfig FILE or --context NAME; kubectl config get-contexts lists them`;
  }
  if (error instanceof KubeError) return explainAnswer(error);
  return error instanceof Error ? error.message : String(error);
}

function explainAnswer(error: KubeError): string {
  const { status, reason, message } = error;
  if (status === 403) return `${message}\n${missingRight(error) ?? "ask whoever gives rights in this cluster"}`;
  if (status === 401 || reason === "NoCredentials")
    return `${message}\nthe API server does not know who you are: log in again, or name another user with --context`;
  if (isKindMissing(error)) {
    return `${message}\nthe kinds of invoiceops are not installed here: helm install invoiceops (its chart brings them), or kubectl apply -f crds/`;
  }
  if (status === 0) return `${message}\n${unreachable(reason)}`;
  return message;
}

function unreachable(reason: string): string {
  switch (reason) {
    case "CertificateRefused":
      return "the server's certificate is not of the authority in the kubeconfig: check that it is the right cluster";
    case "NameNotResolved":
      return "its name is not known here: check the server in the kubeconfig, the network and the VPN";
    case "Timeout":
      return "nothing answers there: check the network and the VPN, or give it longer with --request-timeout";
    default:
      return "the API server cannot be reached: check that the cluster runs, and the server in the kubeconfig (--context names another)";
  }
}

/** The API server says who may not do what; this says which right that is, as RBAC writes it. */
function missingRight({ message }: { message: string }): string | undefined {
  const found =
    /User "(?<user>[^"]*)" cannot (?<verb>\S+) resource "(?<resource>[^"]*)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]*)")?/.exec(
      message,
    )?.groups;
  if (!found) return undefined;
  const { user, verb, resource, group, namespace } = found;
  const what = group === "" ? resource : `${resource}.${group}`;
  const where = namespace === undefined ? "in the whole cluster" : `in the namespace ${namespace}`;
  return `missing right: ${verb} on ${what} ${where}, for ${user}`;
}
