import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Workspaces {
  readonly ROOT: string;
  readonly WORKSPACES: readonly string[];
  readonly sourcesOfExports: () => { readonly module: string; readonly source: string }[];
}
const { ROOT, WORKSPACES, sourcesOfExports } = jest.requireActual<Workspaces>('../../jest/workspaces');

const SOURCES = WORKSPACES.flatMap((workspace) =>
  readdirSync(join(ROOT, workspace, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ workspace, text: readFileSync(join(ROOT, workspace, 'src', path), 'utf8') })),
);

/** The names in the braces of imports or exports, without `type` and `as`. */
const namesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((name) =>
        name
          .trim()
          .replace(/^type /, '')
          .replace(/ as \w+$/, ''),
      )
      .filter((name) => name !== ''),
  );

it.each(sourcesOfExports())(
  '$module exports what other workspaces import, and no more',
  ({ module, source }) => {
    const exported = namesIn(readFileSync(join(ROOT, source), 'utf8'), /export (?:type )?{([^}]*)}/g);
    const importing = new RegExp(`import (?:type )?{([^}]*)} from '${module}';`, 'g');
    const imported = new Set(
      SOURCES.filter(({ workspace }) => !source.startsWith(`${workspace}/`)).flatMap(({ text }) =>
        namesIn(text, importing),
      ),
    );
    expect(exported.length).toBeGreaterThan(0);
    expect(exported.filter((name) => !imported.has(name))).toEqual([]);
  },
);
