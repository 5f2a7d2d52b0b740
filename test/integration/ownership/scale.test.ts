import { deployments } from "../../../src/kube/resource.ts";
import { useCluster } from "../../support/cluster.ts";
import { describeLadder } from "./ladder.ts";
import { deployment } from "./manifests.ts";

describeLadder(
  {
    title: "spec.replicas of Deployment",
    resource: deployments,
    name: "replicas",
    manifest: deployment,
    others: () => [],
    givenBack: false,
  },
  useCluster,
);
