// Checks what no schema says of the chart's pods and Ingresses: node .ci/helm.d/check-pods.mjs <rendered.yaml...>
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const rules = readFileSync(join(ROOT, 'deploy/prometheus/rules.yml'), 'utf8');
/** docs/operations.md: a service stops within 25 s of SIGTERM. */
const STOPS_WITHIN_S = 25;
const DRAIN_S = 5;

/** What no pod of the component has: the worker's has the command too, unless the values say otherwise. */
const NOT_OF = {
  ingest: /^(CUSTOMERIO_(SITE_ID|TRACK_API_KEY|APP_API_KEY)_FILE$|TWILIO_API_|PROOF_KEY)/,
  worker: /^CONSOLE_/,
  console: /^(TWILIO_AUTH_TOKEN|TWILIO_API_|LINK_KEY)/,
};
const NOT_OF_WORKER_ALONE = /^(CONSOLE_|TWILIO_AUTH_TOKEN|PUBLIC_URL|LINK_KEY|PROOF_KEY)/;

function checkPod({ metadata, spec }, worker) {
  const [container] = spec.containers;
  assert.equal(spec.automountServiceAccountToken, false);
  assert.ok(spec.terminationGracePeriodSeconds > STOPS_WITHIN_S);
  assert.ok(spec.securityContext.runAsNonRoot && Number.isInteger(spec.securityContext.runAsUser));
  assert.notEqual(spec.securityContext.runAsUser, 0);
  assert.deepEqual(spec.securityContext.seccompProfile, { type: 'RuntimeDefault' });
  assert.deepEqual(container.securityContext, {
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
  });
  assert.equal(container.lifecycle, undefined);

  const env = new Map(container.env.map(({ name, value }) => [name, value]));
  assert.equal(env.size, container.env.length, 'a variable is set twice');
  const { secret } = spec.volumes.find(({ name }) => name === 'secrets');
  const { mountPath } = container.volumeMounts.find(({ name }) => name === 'secrets');
  const mounted = new Set(secret.items.map(({ path }) => `${mountPath}/${path}`));
  const named = [...env].filter(([name]) => /_FILE$|^OPTOUT_CONFIG$/.test(name)).map(([, path]) => path);
  assert.deepEqual(new Set(named), mounted);
  assert.ok(env.has('REDIS_URL_FILE'));

  const component = metadata.labels['app.kubernetes.io/component'];
  const notOf = component === 'worker' && worker.isAlone ? NOT_OF_WORKER_ALONE : NOT_OF[component];
  assert.deepEqual(
    [...env.keys()].filter((name) => notOf.test(name)),
    [],
  );
  if (component === 'ingest') {
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    assert.ok(2 * periodSeconds * failureThreshold <= Number(env.get('INGEST_DRAIN_SECONDS') ?? DRAIN_S));
    const spool = container.volumeMounts.find(({ name }) => name === 'spool').mountPath;
    assert.ok(env.get('SPOOL_DIR').startsWith(`${spool}/`));
  }
}

/** What ingress-nginx has to be told of a path. */
const UNLOGGED = { 'nginx.ingress.kubernetes.io/enable-access-log': 'false' };
const NGINX = {
  '/webhooks': { ...UNLOGGED, 'nginx.ingress.kubernetes.io/proxy-body-size': '16m' },
  '/u': UNLOGGED,
};

function checkIngress({ metadata, spec }) {
  const [{ path }] = spec.rules[0].http.paths;
  const { ['cert-manager.io/cluster-issuer']: issuer, ...others } = metadata.annotations;
  assert.deepEqual(others, NGINX[path]);
  assert.equal(issuer !== undefined, path === '/webhooks');
}

/** In console-values.yaml, which has every secret of the command. */
function checkCommand({ metadata, spec }) {
  if (metadata.labels['app.kubernetes.io/component'] !== 'worker') return;
  const given = new Set(spec.containers[0].env.map(({ name }) => name));
  const ofCommand = ['PUBLIC_URL', 'TWILIO_AUTH_TOKEN_FILE', 'TWILIO_API_KEY', 'TWILIO_API_SECRET_FILE'];
  for (const name of [...ofCommand, 'LINK_KEY_FILE', 'PROOF_KEY_FILE']) assert.ok(given.has(name), name);
}

/** In monitored-values.yaml, which has more variables. */
function checkMoreVariables({ spec }) {
  const [{ env }] = spec.containers;
  assert.deepEqual(
    env.find(({ name }) => name === 'OTEL_EXPORTER_OTLP_HEADERS'),
    {
      name: 'OTEL_EXPORTER_OTLP_HEADERS',
      valueFrom: { secretKeyRef: { name: 'otlp', key: 'headers' } },
    },
  );
  assert.equal(env.find(({ name }) => name === 'OTEL_TRACES_SAMPLER').value, 'traceidratio');
}

const files = process.argv.slice(2);
let ingresses = 0;
let pods = 0;
let consoles = 0;
for (const file of files) {
  for (const { kind, metadata, spec } of parseAllDocuments(readFileSync(file, 'utf8')).flatMap(
    (document) => document.toJS() ?? [],
  )) {
    if (kind === 'PrometheusRule') {
      assert.deepEqual(
        spec,
        parseAllDocuments(rules)[0].toJS(),
        `${basename(file)}: other rules than rules.yml`,
      );
    }
    if (kind === 'Ingress') {
      checkIngress({ metadata, spec });
      ingresses += 1;
    }
    if (!spec?.template) continue;
    checkPod(spec.template, { isAlone: basename(file) === 'sentinel-values.yaml' });
    if (basename(file) === 'console-values.yaml') checkCommand(spec.template);
    if (basename(file) === 'monitored-values.yaml') checkMoreVariables(spec.template);
    if (kind === 'StatefulSet') assert.equal(spec.volumeClaimTemplates[0].metadata.name, 'spool');
    pods += 1;
    if (spec.template.metadata.labels['app.kubernetes.io/component'] === 'console') consoles += 1;
  }
}
// Ingest and worker everywhere; the console where it is enabled.
assert.equal(pods - consoles, 2 * files.length);
assert.equal(consoles, 1);
// Where one is enabled: of the webhooks and of the links.
assert.equal(ingresses, Object.keys(NGINX).length);
console.log(`${pods} pods are as they should be`);
