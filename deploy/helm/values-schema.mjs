const string = { type: 'string' };
const boolean = { type: 'boolean' };
const object = { type: 'object' };
const array = { type: 'array' };
const integer = (minimum, maximum) => ({ type: 'integer', minimum, ...(maximum && { maximum }) });
const oneOf = (...values) => ({ enum: values });
const notEmpty = { type: 'string', minLength: 1 };
const names = { type: 'array', items: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$' }, uniqueItems: true };
const strings = { type: 'object', additionalProperties: string };
const port = integer(1, 65_535);
const percent = integer(1, 100);
/** A map with these fields and no other, so that a misspelt one is named. */
const fields = (properties, more = {}) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
});

const scale = { minReplicas: integer(1), maxReplicas: integer(1), cpuPercent: percent };
const pod = {
  tag: string,
  replicas: integer(1),
  resources: object,
  podAnnotations: strings,
  nodeSelector: strings,
  tolerations: array,
  affinity: object,
};

/**
 * The JSON schema of values.yaml.
 *
 * @param settings the variables that are no secrets, by name
 * @param secrets the names of those that are
 * @param ours the names of all variables, also of those that the templates set
 */
export function valuesSchema(settings, secrets, ours) {
  // A YAML scalar of any kind becomes the text of the variable.
  const config = [...settings].map(([name, { meaning }]) => [
    name,
    { type: ['string', 'boolean', 'integer', 'null'], description: meaning },
  ]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...fields(
      {
        image: fields({
          repository: notEmpty,
          tag: string,
          pullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
          pullSecrets: array,
        }),
        config: fields(
          { ...Object.fromEntries(config), PUBLIC_URL: { type: 'string', pattern: '^https?://[^/]' } },
          { required: ['PUBLIC_URL'] },
        ),
        secret: fields(
          {
            name: notEmpty,
            variables: {
              type: 'array',
              items: { enum: secrets },
              uniqueItems: true,
              contains: { const: 'REDIS_URL' },
            },
            configFile: string,
            configFileVariables: names,
          },
          { required: ['name'] },
        ),
        extraEnv: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name'],
            // Those of ours belong into config and secret.
            properties: { name: { type: 'string', not: { enum: ours } } },
          },
        },
        ingest: fields({
          ...pod,
          spool: fields({ size: notEmpty, storageClass: string }),
          service: fields({
            type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer'),
            port,
            annotations: strings,
          }),
          autoscaling: fields({ enabled: boolean, ...scale }),
        }),
        worker: fields({
          ...pod,
          command: boolean,
          autoscaling: {
            ...fields({
              by: oneOf('none', 'cpu', 'waiting-events'),
              ...scale,
              waitingJobs: integer(1),
              prometheusUrl: string,
            }),
            if: { properties: { by: { const: 'waiting-events' } } },
            then: { properties: { prometheusUrl: notEmpty } },
          },
        }),
        console: fields({
          enabled: boolean,
          ...pod,
          service: fields({ port, annotations: strings }),
        }),
        ingress: fields({ enabled: boolean, className: string, annotations: strings, tlsSecret: string }),
        networkPolicy: fields({
          enabled: boolean,
          webhooksFrom: array,
          consoleFrom: array,
          metricsFrom: array,
          redis: fields({ ports: { type: 'array', items: port, minItems: 1 }, to: array }),
          egress: array,
        }),
        monitoring: fields({
          serviceMonitor: boolean,
          prometheusRule: boolean,
          dashboards: boolean,
          labels: strings,
          dashboardLabels: strings,
        }),
        global: object,
      },
      { required: ['config', 'secret'] },
    ),
  };
}
