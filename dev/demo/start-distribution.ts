import { stringify } from "yaml";

/** How long pods take to become ready, as kwok plays it. */

export interface StartDistribution {
  /** Half of the pods are ready after this, milliseconds. */
  p50: number;
  /** 95 of 100 are. */
  p95: number;
}

/**
 * `count` equally likely durations (ms, ascending) that stand for a log-normal distribution: its quantiles at the
 * middle of each of as many equal shares.
 */
export function startDurations({ p50, p95 }: StartDistribution, count = 20): number[] {
  const spread = Math.log(p95 / p50) / normalQuantile(0.95);
  return Array.from({ length: count }, (_, index) =>
    Math.round(p50 * Math.exp(spread * normalQuantile((index + 0.5) / count))),
  );
}

/**
 * The quantile of the standard normal distribution, within 0.0005: Abramowitz and Stegun, Handbook of Mathematical
 * Functions, 26.2.23.
 */
function normalQuantile(share: number): number {
  const t = Math.sqrt(-2 * Math.log(Math.min(share, 1 - share)));
  const x =
    t - (2.515517 + 0.802853 * t + 0.010328 * t ** 2) / (1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3);
  return share < 0.5 ? -x : x;
}

/**
 * The kwok Stages (YAML) that do this: kwok takes one of those that match a pod by chance, equally likely, and waits
 * its delay before the pod runs and is ready.
 */
export function podStages(durations: readonly number[]): string {
  return durations
    .map((durationMilliseconds, index) =>
      stringify({
        apiVersion: "kwok.x-k8s.io/v1alpha1",
        kind: "Stage",
        metadata: { name: `pod-ready-${index}` },
        spec: {
          resourceRef: { apiGroup: "v1", kind: "Pod" },
          selector: {
            matchExpressions: [
              { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" },
              { key: ".status.phase", operator: "In", values: ["Pending"] },
            ],
          },
          weight: 1,
          delay: { durationMilliseconds },
          next: { statusTemplate: RUNNING_AND_READY },
        },
      }),
    )
    .join("---\n");
}

const RUNNING_AND_READY = `\
{{ $now := Now | Quote }}
phase: Running
startTime: {{ $now }}
conditions:
{{ range $type := list "Initialized" "ContainersReady" "Ready" }}
  - type: {{ $type }}
    status: "True"
    lastTransitionTime: {{ $now }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
  - name: {{ .name | Quote }}
    image: {{ .image | Quote }}
    ready: true
    restartCount: 0
    state:
      running:
        startedAt: {{ $now }}
{{ end }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") | Quote }}
`;
