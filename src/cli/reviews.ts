import type { Client } from "../kube/client.ts";
import { defineResource, type KubeObject, type Resource } from "../kube/resource.ts";
import type { PolicyRule } from "../operator/rbac.ts";

/** Asking the API server who may do what. Nothing is written: a review is answered and forgotten. */

/** One thing that somebody may do or not. */
export interface Access {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  /** Absent: objects of every name. */
  name?: string;
  /** Absent: the whole cluster, or a kind that has no namespace. */
  namespace?: string;
}

type Asked = KubeObject & { spec?: object };
type Review = Asked & { status?: { allowed?: boolean } };
type WhoAmI = Asked & { status?: { userInfo?: { username?: string } } };

const unplaced = { version: "v1", namespaced: false };
const authorization = { ...unplaced, group: "authorization.k8s.io" };
const ownReviews: Resource<Review> = defineResource({
  ...authorization,
  kind: "SelfSubjectAccessReview",
  plural: "selfsubjectaccessreviews",
});
const reviews: Resource<Review> = defineResource({
  ...authorization,
  kind: "SubjectAccessReview",
  plural: "subjectaccessreviews",
});
const identities: Resource<WhoAmI> = defineResource({
  ...unplaced,
  group: "authentication.k8s.io",
  kind: "SelfSubjectReview",
  plural: "selfsubjectreviews",
});

/** A review has no name, and is stored nowhere. */
const metadata = { name: "" };

/** The user name by which the API server knows whoever asks. */
export async function whoAmI(client: Client, signal: AbortSignal): Promise<string> {
  const { status } = await client.create(identities, { metadata }, { signal });
  return status?.userInfo?.username ?? "";
}

/** Those of the accesses that are refused to whoever asks. */
export function refusedToMe(client: Client, accesses: readonly Access[], signal: AbortSignal): Promise<Access[]> {
  return refused(accesses, (resourceAttributes) =>
    client.create(ownReviews, { metadata, spec: { resourceAttributes } }, { signal }),
  );
}

/** Those of the accesses that are refused to a ServiceAccount. Needs the right to ask about others. */
export function refusedTo(
  client: Client,
  account: { namespace: string; name: string },
  accesses: readonly Access[],
  signal: AbortSignal,
): Promise<Access[]> {
  const user = userOf(account);
  // The API server takes the groups as given; rights may be bound to those of all service accounts.
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${account.namespace}`, "system:authenticated"];
  return refused(accesses, (resourceAttributes) =>
    client.create(reviews, { metadata, spec: { user, groups, resourceAttributes } }, { signal }),
  );
}

export function userOf({ namespace, name }: { namespace: string; name: string }): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

async function refused(accesses: readonly Access[], ask: (access: Access) => Promise<Review>): Promise<Access[]> {
  const answers = await Promise.all(accesses.map(ask));
  return accesses.filter((_, index) => answers[index]?.status?.allowed !== true);
}

/** Everything that a rule allows, one by one. */
export function accessesOf(rules: readonly PolicyRule[], namespace?: string): Access[] {
  const place = namespace === undefined ? {} : { namespace };
  return rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [undefined] }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((path) =>
        verbs.flatMap((verb) =>
          resourceNames.map((name) => {
            const [resource = "", subresource] = path.split("/");
            return {
              verb,
              group,
              resource,
              ...(subresource === undefined ? {} : { subresource }),
              ...(name === undefined ? {} : { name }),
              ...place,
            };
          }),
        ),
      ),
    ),
  );
}

/** `patch on deployments/scale.apps, list on pods`: what is missing, as RBAC writes it. */
export function inWords(accesses: readonly Access[]): string {
  const verbs = Map.groupBy(accesses, resourceOf);
  return [...verbs]
    .map(([resource, of]) => `${[...new Set(of.map(({ verb }) => verb))].join(", ")} on ${resource}`)
    .join("; ");
}

function resourceOf({ group, resource, subresource, name }: Access): string {
  const path = subresource === undefined ? resource : `${resource}/${subresource}`;
  const kind = group === "" ? path : `${path}.${group}`;
  return name === undefined ? kind : `${kind} ${name}`;
}
