import { deployments, horizontalPodAutoscalers } from "../../../src/kube/resource.ts";
import { useCluster } from "../../support/cluster.ts";
import { describeLadder } from "./ladder.ts";
import { autoscaler, deployment } from "./manifests.ts";

describeLadder(
  {
    title: "spec.minReplicas of HorizontalPodAutoscaler",
    resource: horizontalPodAutoscalers,
    name: "minReplicas",
    manifest: autoscaler,
    others: (name) => [{ resource: deployments, manifest: deployment(name) }],
    givenBack: true,
  },
  useCluster,
);
