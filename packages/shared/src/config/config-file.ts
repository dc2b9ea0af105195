import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { collectErrors } from './collect-errors';
import { describePath, describeUnknownKeys, type ConfigPath } from './config-path';
import { interpolateEnv } from './interpolate-env';
import { ConfigError, readVariable, type Env } from './parse-env';

/** The sections of the file that OPTOUT_CONFIG names; each may be left out. */
const Sections = z.object({
  twilio: z.unknown().optional(),
  customerio: z.unknown().optional(),
  keywords: z.unknown().optional(),
  forward_urls: z.unknown().optional(),
});
type Sections = z.output<typeof Sections>;

/**
 * What `read` makes of the configuration file; without OPTOUT_CONFIG of an empty one. Throws a ConfigError, with
 * sections that there are not beside the mistakes of `read`.
 */
export function readFileWith<Part>(env: Env, read: (sections: Sections) => Part): Part {
  const path = readVariable('OPTOUT_CONFIG', env);
  const file = path === undefined ? {} : (parseYaml(readFile(path)) ?? {});
  const sections = parseSection('OPTOUT_CONFIG', Sections, file);
  return collectErrors({
    file: () => parseSection('OPTOUT_CONFIG', Sections.strict(), file),
    part: () => read(sections),
  }).part;
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigError([
      code === 'ENOENT' ? 'OPTOUT_CONFIG: there is no such file' : `OPTOUT_CONFIG: cannot be read (${code})`,
    ]);
  }
}

/** The parser's own messages are left out: they quote the text, and with it a secret that may stand there. */
function parseYaml(text: string): unknown {
  try {
    return parse(text, { prettyErrors: false, logLevel: 'error' }) as unknown;
  } catch (error) {
    // What is no YAMLParseError is an alias without its anchor, or one that grows without end.
    if (!(error instanceof YAMLParseError))
      throw new ConfigError(['OPTOUT_CONFIG: its aliases cannot be resolved']);
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
  const { value, mistakes } = interpolateEnv(section, env);
  if (mistakes.length === 0) return parseSection(name, schema, value);
  const places = new Set(mistakes.map(({ place }) => JSON.stringify(place)));
  const others = (schema.safeParse(value).error?.issues ?? []).filter(
    ({ path }) => !places.has(JSON.stringify(path)),
  );
  throw new ConfigError([
    ...mistakes.map(({ place, message }) => `${describePath(name, place)}: ${message}`),
    ...others.map((issue) => describe(name, issue, value)),
  ]);
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
  const place = describePath(name, issue.path);
  if (issue.code === 'unrecognized_keys') return `${place}: ${describeUnknownKeys(issue.keys)}`;
  return valueAt(issue.path, root) === undefined && issue.code === 'invalid_type'
    ? `${place} is required`
    : `${place}: ${issue.message}`;
}

function valueAt(path: ConfigPath, root: unknown): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    root,
  );
}
