import { isForbidden, KubeError } from "../../kube/errors.ts";
import { explain } from "../explain.ts";
import { EXIT } from "../verb.ts";

/**
 * `wrong` is for somebody to mend; `unknown` could not be looked at; a `note` is worth knowing and changes nothing of
 * the verdict.
 */
export type Level = "ok" | "note" | "wrong" | "unknown";

/** What was found about one thing. Its fields are the command's JSON output: they are added, never renamed. */
export interface Finding {
  /** What was looked at, in a word: `operator`, `rights`. */
  about: string;
  level: Level;
  /** What is so; names the object. */
  message: string;
  /** What to do; absent where there is nothing. */
  fix?: string;
}

/** The exit code of all findings together: what is wrong weighs more than what is not known. */
export function verdict(findings: readonly Finding[]): number {
  if (findings.some(({ level }) => level === "wrong")) return EXIT.not;
  return findings.some(({ level }) => level === "unknown") ? EXIT.error : EXIT.ok;
}

/** What could not be looked at is a finding of its own, so that one refusal hides nothing else. Others are thrown. */
export async function findingsOf(
  about: string,
  look: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return [unknown(about, error)];
  }
}

/** The finding about what the API server did not tell. */
export function unknown(about: string, error: KubeError): Finding {
  const [message = "", ...more] = explain(error, { command: "", verb: undefined }).split("\n");
  const fix = more.join("; ");
  const told = isForbidden(error) && fix.startsWith("missing right") ? `cannot be told: ${fix}` : message;
  return { about, level: "unknown", message: told, ...(told === message && fix !== "" ? { fix } : {}) };
}
