import { API_VERSION, GROUP, kinds } from "../../api/v1alpha1/crd.ts";
import type { KindDefinition } from "../../api/v1alpha1/kind.ts";
import type { Manifest } from "../manifests.ts";

/** The kind of ours that the manifest is of; undefined for what is none of our business. */
export function kindOfManifest({ object }: Pick<Manifest, "object">): KindDefinition | undefined {
  if (object.apiVersion !== `${GROUP}/${API_VERSION}`) return undefined;
  return kinds.find(({ kind }) => kind === object.kind);
}
