import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { collectErrors } from './collect-errors';
import { describePath, describeUnknownKeys, type ConfigPath } from './config-path';
import { interpolateEnv } from './interpolate-env';
import { ConfigError, readVariable, type Env } from './parse-env';

/** The sections of the file that OPTOUT_CONFIG names; each is optional. */
const Sections = z.object({
  twilio: z.unknown().optional(),
  customerio: z.unknown().optional(),
  keywords: z.unknown().optional(),
  blocked_sends: z.unknown().optional(),
  forward_urls: z.unknown().optional(),
  forward: z.unknown().optional(),
  intake: z.unknown().optional(),
});
type Sections = z.output<typeof Sections>;

/**
 * Reads the configuration file with `read`. Without OPTOUT_CONFIG, `read` gets no sections.
 *
 * @throws {ConfigError} when the file cannot be read, has unknown sections, or `read` throws one; all errors together
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

/** The parser's own messages are not shown: they quote the file, and a line of it may hold a secret. */
function parseYaml(text: string): unknown {
  try {
    return parse(text, { prettyErrors: false, logLevel: 'error' }) as unknown;
  } catch (error) {
    // Any other error is an alias without an anchor, or one that expands too far.
    if (!(error instanceof YAMLParseError))
      throw new ConfigError(['OPTOUT_CONFIG: its aliases cannot be resolved']);
    const line = text.slice(0, error.pos[0]).split('\n').length;
    throw new ConfigError([`OPTOUT_CONFIG: line ${String(line)} is not valid YAML (${error.code})`]);
  }
}

/**
 * Parses one section of the file after its references to environment variables are resolved (see `interpolateEnv`).
 *
 * @param name the section, as errors name it
 * @throws {ConfigError} with every error of the section; errors show paths, never values
 */
export function readSection<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  section: unknown,
  env: Env,
): z.output<Schema> {
  const { value, errors } = interpolateEnv(section, env);
  if (errors.length === 0) return parseSection(name, schema, value);
  const unresolved = new Set(errors.map(({ path }) => JSON.stringify(path)));
  const others = (schema.safeParse(value).error?.issues ?? []).filter(
    ({ path }) => !unresolved.has(JSON.stringify(path)),
  );
  throw new ConfigError([
    ...errors.map(({ path, message }) => `${describePath(name, path)}: ${message}`),
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
  const path = describePath(name, issue.path);
  if (issue.code === 'unrecognized_keys') return `${path}: ${describeUnknownKeys(issue.keys)}`;
  // Its own message says only that the key is invalid.
  if (issue.code === 'invalid_key') return `${path}: ${issue.issues[0]?.message ?? issue.message}`;
  return valueAt(issue.path, root) === undefined && issue.code === 'invalid_type'
    ? `${path} is required`
    : `${path}: ${issue.message}`;
}

function valueAt(path: ConfigPath, root: unknown): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    root,
  );
}
