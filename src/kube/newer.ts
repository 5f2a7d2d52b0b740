import type { KubeObject } from "./resource.ts";

/**
 * Reads one's own writes: the cached object, or the one that our last write returned while the cache is
 * behind it. A decision on the older one would take our predecessor's value for somebody else's doing.
 * Resource versions of one kind are ordered numbers (Kubernetes 1.35, KEP-5504).
 */
export function newer<T extends KubeObject | undefined>(cached: T, written: KubeObject | undefined): T {
  if (!cached || !written || cached.metadata.uid !== written.metadata.uid) return cached;
  return version(written) > version(cached) ? (written as T) : cached;
}

function version({ metadata }: KubeObject): bigint {
  const text = metadata.resourceVersion ?? "";
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
}
