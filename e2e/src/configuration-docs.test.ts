import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  VARIABLES,
  readConsoleConfig,
  readIngestConfig,
  readWorkerConfig,
  type Env,
  type Variable,
} from '@optout-sync/shared/config';
import { readProofKey, readSharedConfig } from '@optout-sync/operations';
import { readLauncherConfig } from '../../packages/local-runtime/src/config/launcher-config';
import { decideMode } from '../../packages/local-runtime/src/config/mode';
import { runSimulator } from '../../packages/twilio-simulator/src/test-support/run-simulator';
import { cellText, tablesIn } from './docs/markdown-tables';

const read = (file: string): string => readFileSync(join(__dirname, '../..', file), 'utf8');
const TABLE: [string, Variable][] = Object.entries(VARIABLES);

/** The discard port of this machine, which refuses connections. */
const NOWHERE = 'http://127.0.0.1:9';

type Read = (env: Env) => unknown;
/** Reads a configuration as where a switch is on. */
const switchedOn =
  (name: string, readFrom: Read): Read =>
  (env) =>
    readFrom(
      new Proxy(env, {
        get: (target, key) => (key === name ? 'true' : (Reflect.get(target, key) as string | undefined)),
      }),
    );
const READERS: Record<Variable['readBy'][number], readonly Read[]> = {
  ingest: [readIngestConfig],
  worker: [readWorkerConfig, switchedOn('TWILIO_CONSENTS', readWorkerConfig)],
  console: [readConsoleConfig, readProofKey],
  cli: [readSharedConfig],
  launcher: [decideMode, readLauncherConfig],
  simulator: [
    ['message'],
    ['message', '--account', 'AC1', '--auth-token', 'token', '--connect', NOWHERE],
    ['studio', '--token'],
  ].map((args) => (env) => runSimulator(args, { env, out: () => undefined, error: () => undefined })),
};

/** The variables that these functions read from an empty environment, whether or not they accept it. */
async function variablesReadBy(functions: readonly Read[]): Promise<string[]> {
  const names = new Set<string>();
  const env = new Proxy<Env>(
    {},
    {
      get(_, name) {
        if (typeof name === 'string') names.add(name.replace(/_FILE$/, ''));
        return undefined;
      },
    },
  );
  for (const readFrom of functions) {
    try {
      await readFrom(env);
    } catch {
      // An empty environment lacks what is required.
    }
  }
  return [...names].sort();
}

describe('the table of variables', () => {
  it.each(Object.entries(READERS))('lists exactly the variables that %s reads', async (reader, functions) => {
    const listed = TABLE.filter(([, { readBy }]) => readBy.some((name) => name === reader));
    expect(await variablesReadBy(functions)).toEqual(listed.map(([name]) => name).sort());
  });
});

describe('docs/configuration.md', () => {
  const rows = new Map(
    tablesIn(read('docs/configuration.md'))
      .filter(({ header }) => header[0] === 'variable')
      .flatMap(({ header, rows: cells }) =>
        cells.map((row) => [
          cellText(row[0]),
          Object.fromEntries(header.map((title, index) => [title, cellText(row[index])])),
        ]),
      ),
  );

  it('has one row for each variable', () => {
    expect([...rows.keys()].sort()).toEqual(TABLE.map(([name]) => name).sort());
  });

  it.each(TABLE)('has the default, secrecy and meaning of %s', (name, variable) => {
    const row = rows.get(name);
    expect(row).toMatchObject({
      default: variable.default ?? (variable.required ? 'required, see below' : ''),
      secret: variable.secret ? 'yes' : '',
    });
    expect(`${row!.meaning!}.`.slice(0, variable.meaning.length)).toBe(variable.meaning);
  });
});

describe('.env.example', () => {
  /** Each variable with the comment above it. */
  const entries = new Map(
    [...read('.env.example').matchAll(/((?:^# .*\n)+)#?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
      ([, comment = '', name = '', value = '']) => [
        name,
        { meaning: comment.replace(/^# /gm, '').trim().replaceAll('\n', ' '), value },
      ],
    ),
  );

  it('has one entry for each variable', () => {
    expect([...entries.keys()].sort()).toEqual(TABLE.map(([name]) => name).sort());
  });

  it.each(TABLE)('has the default and meaning of %s', (name, variable) => {
    const value = variable.default ?? variable.example ?? '';
    expect(entries.get(name)).toEqual({ meaning: variable.meaning, value });
  });
});
