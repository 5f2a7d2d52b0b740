/** The metadata that is read of our own kinds. */
export interface ObjectMetadata {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  creationTimestamp?: string;
  deletionTimestamp?: string;
}

/** What a user writes of a kind of ours. */
export interface Manifest<Kind extends string, Spec> {
  apiVersion: "invoiceops.dev/v1alpha1";
  kind: Kind;
  metadata: ObjectMetadata;
  spec: Spec;
}

/** What the API server returns: defaults are applied, and apiVersion and kind are left out in lists. */
export interface Stored<Spec, Status> {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMetadata;
  spec: Spec;
  status?: Status;
}
