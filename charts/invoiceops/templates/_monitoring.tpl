{{/*
Whether an object of the Prometheus Operator is rendered: "true" or nothing. dict "root" $, "kind", and "settings" with
enabled and renderMode. Fails where the kind must be there and is not.
*/}}
{{- define "invoiceops.rendersMonitoring" -}}
{{- if .settings.enabled }}
{{- if or (eq .settings.renderMode "alwaysRender") (.root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1") }}
{{- true }}
{{- else if eq .settings.renderMode "failIfMissing" }}
{{- fail (printf "the API server does not serve %s of monitoring.coreos.com/v1: install the Prometheus Operator's CRDs first, or set renderMode to skipIfMissing" .kind) }}
{{- end }}
{{- end }}
{{- end }}

{{/* A ServiceMonitor's endpoint and a PodMonitor's are the same. */}}
{{- define "invoiceops.metricsEndpoint" -}}
port: http
path: /metrics
# The namespace of a service's figures is the service's, not that of our pod.
honorLabels: true
interval: {{ .interval }}
scrapeTimeout: {{ .scrapeTimeout }}
{{- with .relabelings }}
relabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Metadata of an object of the Prometheus Operator: dict "root" $, "settings" with additionalLabels and annotations. */}}
{{- define "invoiceops.monitoringMetadata" -}}
name: {{ include "invoiceops.fullname" .root }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "invoiceops.labelsWith" (dict "root" .root "more" .settings.additionalLabels) | nindent 2 }}
{{- with .settings.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
