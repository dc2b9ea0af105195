import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { describePlace, type Place } from './place';
import { ConfigError, readVariable, type Env } from './parse-env';
import { putInVariables } from './variables';

/** The sections of the file that OPTOUT_CONFIG names; each may be left out. */
const Sections = z.strictObject({
  twilio: z.unknown().optional(),
  customerio: z.unknown().optional(),
  keywords: z.unknown().optional(),
  forward_urls: z.unknown().optional(),
});
type Sections = z.output<typeof Sections>;

/** The configuration file; without OPTOUT_CONFIG an empty one. Throws a ConfigError. */
export function readSections(env: Env): Sections {
  const path = readVariable('OPTOUT_CONFIG', env);
  if (path === undefined) return {};
  const file = parseYaml(readFile(path)) ?? {};
  return parseSection('OPTOUT_CONFIG', Sections, file);
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
  const { value, mistakes } = putInVariables(section, env);
  if (mistakes.length === 0) return parseSection(name, schema, value);
  const places = new Set(mistakes.map(({ place }) => describePlace(name, place)));
  const others = (schema.safeParse(value).error?.issues ?? []).filter(
    ({ path }) => !places.has(describePlace(name, path)),
  );
  throw new ConfigError([
    ...mistakes.map(({ place, message }) => `${describePlace(name, place)}: ${message}`),
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
  const place = describePlace(name, issue.path);
  return valueAt(issue.path, root) === undefined && issue.code === 'invalid_type'
    ? `${place} is required`
    : `${place}: ${issue.message}`;
}

function valueAt(path: Place, root: unknown): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    root,
  );
}
