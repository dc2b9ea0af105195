import { z } from 'zod';
import { API_SCOPES } from '@optout-sync/operations';
import { groupBy } from '@optout-sync/shared/domain';
import { RELEASE } from '@optout-sync/shared/service';
import { API_ERRORS, ERRORS_OF_ALL, ERRORS_OF_BODIES, type ApiErrorCode } from '../errors/api-errors';
import { PROBLEM_TYPE, Problem } from '../errors/problem';
import type { ApiRoute } from '../http/api-route';
import { API_BASE } from '../http/serve-route';

/** A JSON Schema (2020-12), which OpenAPI 3.1 uses as it is. */
export type JsonSchema = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

interface Content {
  readonly description: string;
  readonly headers?: JsonSchema;
  readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly content: Content['content'] };
  readonly responses: Readonly<Record<string, Content>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface Document {
  readonly openapi: '3.1.0';
  readonly info: JsonSchema;
  readonly servers: readonly JsonSchema[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: JsonSchema;
  };
}

/** Returns the OpenAPI document of routes. */
export function createDocument(routes: readonly ApiRoute[]): Document {
  const paths = groupBy(routes, ({ path }) => path);
  const schemas: Record<string, JsonSchema> = {};
  const collect: Collect = (schema, io) => refTo(schema, io, schemas);
  collect(Problem, 'output');
  return {
    openapi: '3.1.0',
    info: {
      title: 'optout-sync',
      version: RELEASE.version,
      description:
        'Who is opted out of text messages. Times are ISO 8601 in UTC. Answers may get further fields: ignore what you do not know.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: API_BASE }],
    paths: Object.fromEntries(
      [...paths].map(([path, ofPath]) => [
        path,
        Object.fromEntries(ofPath.map((route) => [route.method, operationOf(route, collect)])),
      ]),
    ),
    components: {
      schemas,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Created by `optout-sync token add`.' },
      },
    },
  };
}

type Collect = (schema: z.ZodType, io: 'input' | 'output') => JsonSchema;

function operationOf(route: ApiRoute, collect: Collect): Operation {
  const { method, path, tag, summary, description, scope, body, status, result, cost } = route;
  const rules = `Scope \`${scope}\`: ${API_SCOPES[scope]}. Counts as ${String(cost)} against the rate limit.`;
  return {
    operationId: operationIdOf(method, path),
    tags: [tag],
    summary,
    description: description === undefined ? rules : `${description}\n\n${rules}`,
    parameters: parametersOf(route),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: collect(body, 'input') } } },
    }),
    responses: {
      [String(status)]: {
        description: status === 202 ? 'Accepted.' : 'Done.',
        content: { 'application/json': { schema: collect(result, 'output') } },
      },
      ...(method === 'get' && { '304': { description: 'As the ETag in If-None-Match.', content: {} } }),
      ...problemsOf(route),
    },
    // RFC 6750 has scopes without OAuth; OpenAPI 3.1 lets any scheme name the roles that it needs.
    security: [{ token: [scope] }],
  };
}

function operationIdOf(method: string, path: string): string {
  const words = path.replaceAll(/[{}]/g, '').split(/[/-]/).filter(Boolean);
  return [method, ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('');
}

function parametersOf({ params, query, idempotent }: ApiRoute): Parameter[] {
  return [
    ...fieldsOf(params, 'path'),
    ...fieldsOf(query, 'query'),
    ...(idempotent
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header' as const,
            required: false,
            description: 'the same in each repetition of a request',
            schema: { type: 'string', maxLength: 255 },
          },
        ]
      : []),
  ];
}

function fieldsOf(schema: z.ZodType, place: 'path' | 'query'): Parameter[] {
  const { properties = {}, required = [] } = jsonSchemaOf(schema, 'input') as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...field }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(typeof description === 'string' && { description }),
    schema: field,
  }));
}

/** The problems of a route by status, each with its codes. */
function problemsOf({ errors, body }: ApiRoute): Record<string, Content> {
  const codes: ApiErrorCode[] = [...ERRORS_OF_ALL, ...(body ? ERRORS_OF_BODIES : []), ...errors];
  const byStatus = groupBy([...new Set(codes)], (code) => String(API_ERRORS[code].status));
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map((code) => `\`${code}\`: ${API_ERRORS[code].title}`).join('\n\n'),
        content: {
          [PROBLEM_TYPE]: {
            schema: {
              allOf: [
                { $ref: '#/components/schemas/Problem' },
                { properties: { code: { enum: ofStatus }, status: { const: Number(status) } } },
              ],
            },
          },
        },
      },
    ]),
  );
}

/** Returns a schema, or a reference to it where it has an id; those that have one are added to `schemas`. */
function refTo(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, JsonSchema>): JsonSchema {
  const { $defs = {}, ...root } = jsonSchemaOf(schema, io) as { readonly $defs?: Record<string, JsonSchema> };
  Object.assign(schemas, $defs);
  return root;
}

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      // The format says it; the pattern is a page long.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      // A later release may add fields to an answer.
      if (io === 'output' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
    },
  });
  delete json.$schema;
  const text = JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as JsonSchema;
}
