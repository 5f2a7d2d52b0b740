import { Informer } from "../kube/informer.ts";
import type { KubeObject, Ref, Resource } from "../kube/resource.ts";
import { silentLogger } from "../runtime/logger.ts";
import { inWords, refusedToMe } from "./reviews.ts";
import type { CliContext } from "./verb.ts";

interface Following<T> {
  show: (object: T) => void;
  /** Show it after so many milliseconds too, for what changes with time alone. */
  every?: number;
}

/**
 * Calls `show` with one object now and after each of its changes, until it is gone or the signal aborts. Resolves
 * with the object's last state, undefined when there is none any more. The API server may go away and come back
 * meanwhile. Throws when the right to list or to watch is missing, since an informer would try for ever.
 */
export async function follow<T extends KubeObject>(
  { cluster, clock, signal }: Pick<CliContext, "cluster" | "clock" | "signal">,
  resource: Resource<T>,
  { namespace, name }: Ref & { namespace: string },
  { show, every }: Following<T>,
): Promise<T | undefined> {
  const { client, transport } = cluster();
  const { group, plural } = resource;
  const needed = ["list", "watch"].map((verb) => ({ verb, group, resource: plural, name, namespace }));
  const refused = await refusedToMe(client, needed, signal);
  if (refused.length > 0) throw new Error(`missing right: ${inWords(refused)} in the namespace ${namespace}`);

  const end = new AbortController();
  const stop = (): void => end.abort();
  const informer = new Informer<T>({
    client,
    transport,
    resource,
    namespaces: [namespace],
    fieldSelector: `metadata.name=${name}`,
    clock,
    log: silentLogger,
  });
  let last: T | undefined;
  let cancel: (() => void) | undefined;
  const present = (): void => {
    cancel?.();
    if (last) show(last);
    if (every !== undefined && !end.signal.aborted) cancel = clock.after(every, present);
  };
  informer.onChange(({ type, object }) => {
    last = type === "deleted" ? undefined : object;
    if (last) present();
    else stop();
  });
  // It may have gone before we looked.
  void informer.synced.then(() => last ?? stop());
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (!signal.aborted) await informer.run(end.signal);
  } finally {
    cancel?.();
    signal.removeEventListener("abort", stop);
  }
  return last;
}
