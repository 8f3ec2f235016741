{{- define "fusion-training.labels" -}}
app.kubernetes.io/part-of: fusion-training
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- /*
The objects of a file in deploy/, the same that kustomize reads, with the chart's labels. A dict: chart, file; namespace,
where they have one; labels, more of them. Subjects of bindings are the release's.
*/}}
{{- define "fusion-training.objects" -}}
{{- $text := required (printf "files/%s is not in the chart" .file) (.chart.Files.Get (printf "files/%s" .file)) }}
{{- range $document := splitList "\n---\n" $text }}
{{- $object := fromYaml $document }}
{{- $ours := include "fusion-training.labels" $.chart | fromYaml }}
{{- $_ := set $object.metadata "labels" (merge (dig "metadata" "labels" (dict) $object) ($.labels | default dict) $ours) }}
{{- if $.namespace }}
{{- $_ := set $object.metadata "namespace" $.namespace }}
{{- end }}
{{- range $object.subjects }}
{{- $_ := set . "namespace" $.chart.Release.Namespace }}
{{- end }}
---
{{ toYaml $object }}
{{- end }}
{{ end }}

{{- /* The namespaces whose trainings are looked after, comma-separated; with scope Cluster none is named. */}}
{{- define "fusion-training.namespaces" -}}
{{- if eq .Values.scope "Namespace" }}
{{- prepend .Values.namespaces .Release.Namespace | uniq | join "," }}
{{- end }}
{{- end }}

{{- /* The operator's configuration: what is not empty, by key without fusion. */}}
{{- define "fusion-training.configuration" -}}
{{- $trainer := .Values.trainer }}
{{- $all := dict
  "namespaces" (include "fusion-training.namespaces" .)
  "trainer.image" $trainer.image
  "trainer.termination-grace-period" $trainer.terminationGracePeriod
  "trainer.queue" $trainer.queue
  "trainer.gpu.image" $trainer.gpu.image
  "trainer.gpu.runtime-class-name" $trainer.gpu.runtimeClassName
  "trainer.gpu.tolerated-taints" (join "," $trainer.gpu.toleratedTaints) }}
{{- range $key, $value := merge (deepCopy .Values.configuration) $all }}
{{- if not (eq (toString $value) "") }}
{{ $key }}: {{ toString $value | quote }}
{{- end }}
{{- end }}
{{- end }}
