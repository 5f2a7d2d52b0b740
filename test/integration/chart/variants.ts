/** Values that the chart is rendered with, from none to all of them. */

export const everything = {
  prometheusUrl: "http://prometheus.monitoring:9090",
  commonLabels: { team: "tax" },
  podLabels: { tier: "core" },
  podAnnotations: { note: "x" },
  extraArgs: ["--kube-qps=400"],
  extraEnv: [{ name: "TZ", value: "UTC" }],
  extraVolumes: [{ name: "tmp", emptyDir: {} }],
  extraVolumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  imagePullSecrets: [{ name: "regcred" }],
  nodeSelector: { "kubernetes.io/os": "linux" },
  tolerations: [{ operator: "Exists" }],
  admissionPolicies: { enabled: true, validationActions: ["Warn", "Audit"] },
  argocd: {
    projects: { argocd: ["billing"] },
    links: { dashboard: "Dashboard|https://grafana.example.com/d/invoiceops" },
  },
  holidays: {
    CN: [{ year: 2027, days: ["2027-01-01"], workdays: ["2027-01-09"], source: "Notice 1" }],
    "DE-BY": [{ year: 2031, days: [], unsure: ["2031-08-15"], source: "BayFTG" }],
  },
  crds: { annotations: { "argocd.argoproj.io/sync-options": "ServerSideApply=true" }, labels: { team: "tax" } },
  extraObjects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "more" } }],
  metrics: {
    serviceMonitor: {
      enabled: true,
      renderMode: "alwaysRender",
      additionalLabels: { release: "kube-prometheus-stack" },
      annotations: { note: "x" },
      interval: "15s",
      relabelings: [{ action: "labeldrop", regex: "endpoint" }],
      metricRelabelings: [{ action: "drop", sourceLabels: ["__name__"], regex: "nodejs_gc_.*" }],
    },
  },
  prometheusRule: {
    enabled: true,
    renderMode: "alwaysRender",
    additionalLabels: { release: "kube-prometheus-stack" },
    annotations: { note: "x" },
    additionalRuleLabels: { team: "tax" },
  },
  dashboards: { enabled: true, annotations: { grafana_folder: "invoiceops" }, labels: { team: "tax" } },
  networkPolicy: {
    enabled: true,
    ingressFrom: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
    apiServerCidrs: ["10.96.0.1/32"],
    prometheusTo: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
    extraEgress: [{ ports: [{ port: 443 }], to: [{ ipBlock: { cidr: "192.0.2.0/24" } }] }],
  },
};

export const variants: Record<string, object> = {
  "the defaults": {},
  "some namespaces alone": { watchNamespaces: ["billing", "tax"] },
  "Secrets by name and by namespace": { secrets: { names: { billing: ["token"] }, namespaces: ["tax"] } },
  "everything that can be added": everything,
  "a PodMonitor in the place of the ServiceMonitor": {
    metrics: {
      podMonitor: {
        enabled: true,
        renderMode: "alwaysRender",
        relabelings: [{ action: "labeldrop", regex: "container" }],
      },
    },
  },
  "a NetworkPolicy that names nobody": { networkPolicy: { enabled: true } },
};
