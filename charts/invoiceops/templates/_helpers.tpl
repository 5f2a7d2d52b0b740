{{- define "invoiceops.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The release's name when it contains the chart's, else both. */}}
{{- define "invoiceops.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{/* Of what has no namespace. Several releases that watch namespaces of their own may stand in one cluster. */}}
{{- define "invoiceops.clusterName" -}}
{{- if .Values.watchNamespaces }}
{{- printf "%s-%s" (include "invoiceops.fullname" .) .Release.Namespace }}
{{- else }}
{{- include "invoiceops.fullname" . }}
{{- end }}
{{- end }}

{{- define "invoiceops.serviceAccountName" -}}
{{- if (.Values.serviceAccount).create }}
{{- default (include "invoiceops.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" (.Values.serviceAccount).name }}
{{- end }}
{{- end }}

{{- define "invoiceops.selectorLabels" -}}
app.kubernetes.io/name: {{ include "invoiceops.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{/* Labels of every object: the user's first, so that ours, which selectors rest on, stand. */}}
{{- define "invoiceops.labels" -}}
{{- $own := include "invoiceops.selectorLabels" . | fromYaml }}
{{- $_ := set $own "app.kubernetes.io/version" .Chart.AppVersion }}
{{- $_ := set $own "app.kubernetes.io/part-of" "invoiceops" }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_") }}
{{- merge $own (.Values.commonLabels | default dict) | toYaml }}
{{- end }}

{{/* Labels of one object: dict "root" $, "more" labels of the user's. */}}
{{- define "invoiceops.labelsWith" -}}
{{- merge (include "invoiceops.labels" .root | fromYaml) (.more | default dict) | toYaml }}
{{- end }}

{{- define "invoiceops.image" -}}
{{- $image := .Values.image }}
{{- $registry := default $image.registry (.Values.global).imageRegistry }}
{{- $repository := $image.repository }}
{{- if $registry }}
{{- $repository = printf "%s/%s" ($registry | trimSuffix "/") (regexReplaceAll "^([^/]*[.:][^/]*|localhost)/" $repository "") }}
{{- end }}
{{- if $image.digest }}
{{- printf "%s@%s" $repository $image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (default .Chart.AppVersion $image.tag) }}
{{- end }}
{{- end }}

{{- define "invoiceops.imagePullSecrets" -}}
{{- $secrets := concat ((.Values.global).imagePullSecrets | default list) (.Values.imagePullSecrets | default list) }}
{{- $names := list }}
{{- range $secrets }}
{{- if kindIs "string" . }}
{{- $names = append $names . }}
{{- else }}
{{- $names = append $names .name }}
{{- end }}
{{- end }}
{{- range $names | uniq }}
- name: {{ . }}
{{- end }}
{{- end }}

{{/*
A list of the user's as it is written into the pod. Fails when two items are the same one: server-side apply, by which
Helm 4 and Argo CD write, refuses such an object. dict "name" of the value, "items", "key" that may occur once.
*/}}
{{- define "invoiceops.listOf" -}}
{{- $known := dict }}
{{- range .items }}
{{- $one := get . $.key }}
{{- if hasKey $known $one }}
{{- fail (printf "%s has %s twice, by %s: leave one of them out" $.name $one $.key) }}
{{- end }}
{{- $_ := set $known $one true }}
{{- end }}
{{- toYaml .items }}
{{- end }}
