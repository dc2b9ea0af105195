import { readFileSync } from 'node:fs';
import { VARIABLES, type Variable } from '@optout-sync/shared/config';
import { parseDocument } from 'yaml';

/** What no log line, metric, trace or error may have, whoever it belongs to. */
const PATTERNS = [
  // A whole phone number, also in a URL.
  /(?:\+|%2B)[1-9]\d{9,14}(?!\d)/i,
  // A one-click link.
  /\/u\/[\w-]{20,}/,
  // A token of the API, a session of the console, the hash of a password, and credentials of a request.
  /oss_[\w-]+_[\w-]{20,}/,
  /optout-console=[\w-]{20,}/,
  /scrypt\.\d+\.\d+\.\d+\./,
  /\b(?:bearer|basic) (?=[\w+/=.~-]*[\d=_-])[\w+/=.~-]{8,}/i,
];
/** Digits of a phone number that tell it from others, counted from its end: its spellings have them all. */
const PHONE_DIGITS = 10;
const SHORTEST_SECRET = 8;

/** What people and operators gave a system, none of which it may repeat in a log line, metric, trace or error. */
export class PrivateData {
  private readonly phones = new Set<string>();
  private readonly texts = new Set<string>();

  /** Adds the secrets among the settings of a process. */
  addSettings(env: Readonly<NodeJS.ProcessEnv>): void {
    for (const secret of secretsIn(env)) this.texts.add(secret);
  }

  /** Adds a text, such as a password or a token. */
  addText(text: string): void {
    this.texts.add(text);
  }

  /** Adds the phone numbers and the texts in the fields of a request, in whatever depth. */
  addRequest(value: unknown, field = ''): void {
    if (typeof value === 'string') this.addField(field, value);
    else if (Array.isArray(value)) for (const item of value) this.addRequest(item, field);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) this.addRequest(item, name);
    }
  }

  /** Returns the lines that have any of it, or what looks like it. */
  leaksIn(lines: Iterable<string>): string[] {
    const texts = [...this.texts];
    return [...lines].filter(
      (line) =>
        PATTERNS.some((pattern) => pattern.test(line)) ||
        texts.some((text) => line.includes(text)) ||
        this.hasPhone(line),
    );
  }

  private addField(field: string, value: string): void {
    const [, digits] = /^(?:\w+:)?\+?([1-9]\d{9,14})$/.exec(value) ?? [];
    if (digits !== undefined) this.phones.add(digits.slice(-PHONE_DIGITS));
    // A keyword is no secret: log lines have words like it.
    else if (/^(?:body|note|profilename)$/i.test(field) && /\S{2,}\s+\S{2,}/.test(value))
      this.texts.add(value);
    for (const [address] of value.matchAll(/[\w.+-]+@[\w-]+\.[\w.-]+/g)) this.texts.add(address);
  }

  private hasPhone(line: string): boolean {
    if (this.phones.size === 0) return false;
    for (const [digits] of line.matchAll(/\d{10,}/g)) {
      for (let at = 0; at + PHONE_DIGITS <= digits.length; at += 1) {
        if (this.phones.has(digits.slice(at, at + PHONE_DIGITS))) return true;
      }
    }
    return false;
  }
}

/** The secrets among the settings of a process: by value, in files, and in the YAML file. Of a URL its password and its query. */
export function secretsIn(env: Readonly<NodeJS.ProcessEnv>): string[] {
  const values = Object.entries(env).flatMap(([name, value = '']) => {
    if (name === 'OPTOUT_CONFIG') return secretsInYaml(parseDocument(contentOf(value)).toJS());
    const base = name.replace(/_FILE$/, '');
    if (!isSecretName(base)) return [];
    return base === name ? value.split(',') : contentOf(value).split(',');
  });
  return [...new Set(values.flatMap(partsOf).filter((value) => value.length >= SHORTEST_SECRET))];
}

const isSecretName = (name: string): boolean =>
  (VARIABLES as Readonly<Record<string, Variable | undefined>>)[name]?.secret ??
  /(?:TOKEN|SECRET|PASSWORD)$/.test(name);

/** A file that is not there has no secret. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

/** The texts under names such as `token` and `appApiKey`; one that refers to a variable is no secret itself. */
function secretsInYaml(value: unknown, name = ''): string[] {
  if (typeof value === 'string')
    return /(?:token|key|secret|password)s?$/i.test(name) && !value.includes('${') ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => secretsInYaml(item, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => secretsInYaml(item, key));
}

function partsOf(value: string): string[] {
  const text = value.trim();
  if (!URL.canParse(text) || !text.includes('://')) return [text];
  const { password, search } = new URL(text);
  return [password, decodeURIComponent(password), search.slice(1)];
}
