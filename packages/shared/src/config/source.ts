import { existsSync, readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { ConfigError, readVariable, type Env } from './parse-env';

/** The sections of the file that OPTOUT_CONFIG names; each may be left out. */
const Sections = z.strictObject({
  twilio: z.unknown(),
  customerio: z.unknown(),
  keywords: z.unknown(),
  forward_urls: z.unknown(),
});
type Sections = Partial<z.output<typeof Sections>>;

/** The configuration file; without OPTOUT_CONFIG an empty one. Throws a ConfigError. */
export function readSections(env: Env): Sections {
  const path = readVariable('OPTOUT_CONFIG', env);
  if (path === undefined) return {};
  if (!existsSync(path)) throw new ConfigError(['OPTOUT_CONFIG: there is no such file']);
  return parseSection('', Sections, parseYaml(readFileSync(path, 'utf8')) ?? {});
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { prettyErrors: false }) as unknown;
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = text.slice(0, error.pos[0]).split('\n').length;
    throw new ConfigError([`OPTOUT_CONFIG: line ${String(line)} is no valid YAML (${error.code})`]);
  }
}

/**
 * Parses one section of the file, after putting in the variables it names: a value that is `${NAME}` is that environment
 * variable (or the content of the file that NAME_FILE names). Throws a ConfigError that names places, never values.
 */
export function readSection<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  section: unknown,
  env: Env,
): z.output<Schema> {
  return parseSection(name, schema, putInVariables(section, env));
}

function parseSection<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => describe(name, issue, value)));
}

function describe(name: string, issue: z.core.$ZodIssue, root: unknown): string {
  const place = issue.path.reduce<string>(
    (path, key) =>
      typeof key === 'number' ? `${path}[${String(key)}]` : path ? `${path}.${String(key)}` : String(key),
    name,
  );
  const given = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    root,
  );
  return given === undefined && issue.code === 'invalid_type'
    ? `${place} is required`
    : `${place}: ${issue.message}`;
}

const VARIABLE = /^\$\{(\w+)\}$/;

function putInVariables(value: unknown, env: Env): unknown {
  if (Array.isArray(value)) return value.map((item) => putInVariables(item, env));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, putInVariables(item, env)]));
  }
  const name = typeof value === 'string' ? VARIABLE.exec(value)?.[1] : undefined;
  return name === undefined ? value : readVariable(name, env);
}
