{{/* The name of a component's objects. Input: root, component. */}}
{{- define "optout-sync.name" -}}
{{- $base := ternary .root.Release.Name (printf "%s-%s" .root.Release.Name .root.Chart.Name) (contains .root.Chart.Name .root.Release.Name) -}}
{{- printf "%s-%s" ($base | trunc 40 | trimSuffix "-") .component -}}
{{- end -}}

{{/* The components that run, as JSON. */}}
{{- define "optout-sync.components" -}}
{{- .Values.console.enabled | ternary (list "ingest" "worker" "console") (list "ingest" "worker") | toJson -}}
{{- end -}}

{{- define "optout-sync.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "optout-sync.labels" -}}
{{ include "optout-sync.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{/* The names of a component's variables, as JSON; those of the command too where it is in the pods of the worker. */}}
{{- define "optout-sync.own" -}}
{{- $all := .root.Files.Get "files/variables.json" | fromJson -}}
{{- $own := index $all .component -}}
{{- if and (eq .component "worker") .root.Values.worker.command -}}
{{- $own = dict "config" (concat $own.config $all.command.config) "secret" (concat $own.secret $all.command.secret) -}}
{{- end -}}
{{- toJson $own -}}
{{- end -}}

{{/* The variables of a component: settings by value, secrets by the path of their file. */}}
{{- define "optout-sync.env" -}}
{{- $own := include "optout-sync.own" . | fromJson -}}
{{- range $name, $value := .root.Values.config }}
{{- if and (has $name $own.config) (not (kindIs "invalid" $value)) }}
- name: {{ $name }}
  value: {{ ternary (int64 $value) $value (kindIs "float64" $value) | toString | quote }}
{{- end }}
{{- end }}
{{- range .root.Values.secret.variables }}
{{- if has . $own.secret }}
- name: {{ . }}_FILE
  value: /run/secrets/optout-sync/{{ . }}
{{- end }}
{{- end }}
{{- with .root.Values.secret.configFile }}
- name: OPTOUT_CONFIG
  value: /run/secrets/optout-sync/{{ . }}
{{- range $.root.Values.secret.configFileVariables }}
- name: {{ . }}_FILE
  value: /run/secrets/optout-sync/{{ . }}
{{- end }}
{{- end }}
{{- with .root.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The volume with the secrets of a component, and nobody else's. */}}
{{- define "optout-sync.secrets" -}}
{{- $own := include "optout-sync.own" . | fromJson -}}
- name: secrets
  secret:
    secretName: {{ .root.Values.secret.name }}
    defaultMode: 0440
    items:
      {{- range .root.Values.secret.variables }}
      {{- if has . $own.secret }}
      - { key: {{ . }}, path: {{ . }} }
      {{- end }}
      {{- end }}
      {{- with .root.Values.secret.configFile }}
      - { key: {{ . }}, path: {{ . }} }
      {{- range $.root.Values.secret.configFileVariables }}
      - { key: {{ . }}, path: {{ . }} }
      {{- end }}
      {{- end }}
{{- end -}}

{{/* What all pods have in common. */}}
{{- define "optout-sync.pod" -}}
{{- $values := index .root.Values .component -}}
# No component talks to Kubernetes.
automountServiceAccountToken: false
enableServiceLinks: false
# Longer than the 25 s that a service takes at most to finish its work.
terminationGracePeriodSeconds: 30
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "optout-sync.selector" . | nindent 8 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- range $field := list "nodeSelector" "tolerations" "affinity" }}
{{- with index $values $field }}
{{ $field }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What all containers have in common, but their variables and probes. */}}
{{- define "optout-sync.container" -}}
name: {{ .component }}
image: "{{ .root.Values.image.repository }}/{{ .component }}:{{ coalesce (index .root.Values .component).tag .root.Values.image.tag .root.Chart.AppVersion }}"
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: { drop: [ALL] }
resources:
  {{- toYaml (index .root.Values .component).resources | nindent 2 }}
{{- end -}}

{{/* Restarts only a process that does not answer: docs/operations.md, Health. */}}
{{- define "optout-sync.liveness" -}}
livenessProbe:
  httpGet: { path: /healthz, port: admin }
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 3
startupProbe:
  httpGet: { path: /healthz, port: admin }
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: 30
{{- end -}}

{{/* Of the base URL that Twilio calls, the host. */}}
{{- define "optout-sync.host" -}}
{{- $url := urlParse .Values.config.PUBLIC_URL -}}
{{- if trimAll "/" $url.path -}}
{{- fail (printf "config.PUBLIC_URL: an Ingress of this chart removes no path from it, such as %s: leave the path out, or route to the Service yourself" $url.path) -}}
{{- end -}}
{{- regexReplaceAll ":[0-9]+$" $url.host "" -}}
{{- end -}}
