import { isNotFound } from "../../kube/errors.ts";
import { keyOf, leases, type Lease } from "../../kube/resource.ts";
import { ago, durationText } from "../durations.ts";
import type { CliContext } from "../verb.ts";
import type { Finding } from "./finding.ts";

const about = "leader";
/** What a record that names none is taken to mean: the operator's own. */
const LEASE_SECONDS = 15;
const LOOK_AGAIN_MS = 1000;

/** Who leads, and whether it still renews its Lease. */
export async function leaderFinding(
  { clock, signal, cluster }: Pick<CliContext, "clock" | "signal" | "cluster">,
  ref: { namespace: string; name: string },
): Promise<Finding> {
  const { client } = cluster();
  const named = `Lease ${keyOf(ref)}`;
  let lease: Lease;
  try {
    lease = await client.get(leases, ref, { signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const fix = `look at the operator's log: kubectl -n ${ref.namespace} logs deployment/${ref.name}`;
    return { about, level: "wrong", message: `there is no ${named}: no operator has led yet`, fix };
  }
  const { holderIdentity, renewTime, leaseDurationSeconds = LEASE_SECONDS } = lease.spec ?? {};
  if (!holderIdentity) return { about, level: "wrong", message: `${named} is held by nobody` };
  const age = clock.now() - Date.parse(renewTime ?? "");
  if (age <= leaseDurationSeconds * 1000) {
    return { about, level: "ok", message: `${holderIdentity} leads, it renewed its ${named} ${ago(age)}` };
  }
  // Our clock may be wrong, so it is seen by watching: a leader renews several times within the Lease's duration.
  for (let left = leaseDurationSeconds * 1000; left > 0; left -= LOOK_AGAIN_MS) {
    await clock.sleep(LOOK_AGAIN_MS, signal);
    const { spec } = await client.get(leases, ref, { signal });
    if (spec?.renewTime !== renewTime && spec?.holderIdentity) {
      const message = `${spec.holderIdentity} leads and renews its ${named}; this machine's clock and the cluster's are ${durationText(Math.abs(age))} apart`;
      return { about, level: "ok", message };
    }
  }
  return {
    about,
    level: "wrong",
    message: `nobody leads: ${holderIdentity} renewed its ${named} last ${ago(age)}`,
    fix: `look at the operator's pods and log: kubectl -n ${ref.namespace} logs deployment/${ref.name}`,
  };
}
