import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './support/launcher';

const run = promisify(execFile);
const { WORKSPACES } = jest.requireActual<{ readonly WORKSPACES: readonly string[] }>(
  '../../jest/workspaces',
);
const MANIFESTS = ['package.json', ...WORKSPACES.map((workspace) => `${workspace}/package.json`)];
const FILES = ['deploy/docker/Dockerfile', 'deploy/helm/optout-sync/Chart.yaml'];

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A copy of what has a version, with one change that is not released. */
let copy: string;
const read = (path: string): string => readFileSync(join(copy, path), 'utf8');
const manifest = (path: string): Manifest => JSON.parse(read(path)) as Manifest;
const changeset = (kind: string, text: string, name = '@optout-sync/worker') => {
  writeFileSync(join(copy, `.changeset/${kind}.md`), `---\n'${name}': ${kind}\n---\n\n${text}\n`);
};
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'optout-release-'));
  const others = ['package-lock.json', 'CHANGELOG.md', 'deploy/last-release.json', '.changeset/config.json'];
  for (const path of [...MANIFESTS, ...FILES, ...others]) cpSync(join(ROOT, path), join(copy, path));
  const { version } = manifest('package.json');
  writeFileSync(join(copy, 'deploy/last-release.json'), JSON.stringify({ version, commit: 'c' }));
});
afterEach(() => {
  rmSync(copy, { recursive: true });
});

const script = (name: string): Promise<{ readonly stdout: string }> =>
  run(process.execPath, [join(ROOT, 'scripts/release', name)], { cwd: copy });

describe('everything that has a version', () => {
  it('has that of package.json', () => {
    const { version } = manifest('package.json');
    for (const path of MANIFESTS) expect(manifest(path).version).toBe(version);
    expect(read(FILES[0] ?? '')).toContain(`\nARG VERSION=${version}\n`);
    expect(read(FILES[1] ?? '')).toMatch(new RegExp(`^version: ${version}\nappVersion: ${version}$`, 'm'));
    expect(read('CHANGELOG.md')).toContain(`\n## [${version}]`);
  });
});

describe('npm run release:version', () => {
  it('gives everything the next version, and moves the changesets into CHANGELOG.md', async () => {
    const before = manifest('package.json').version;
    changeset('minor', 'Something new\n\nwith two paragraphs');
    changeset('patch', 'Something mended');
    await script('make-version.mjs');
    const { version } = manifest('package.json');
    const [major, minor] = before.split('.').map(Number);
    expect(version).toBe(`${String(major)}.${String((minor ?? 0) + 1)}.0`);
    for (const path of MANIFESTS) {
      const { dependencies, devDependencies, ...rest } = manifest(path);
      expect(rest.version).toBe(version);
      const ours = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) =>
        name.startsWith('@optout-sync/'),
      );
      expect(ours.filter(([, required]) => required !== version)).toEqual([]);
    }
    expect(read('package-lock.json')).not.toContain(`"@optout-sync/shared": "${before}"`);
    expect(read(FILES[0] ?? '')).toContain(`ARG VERSION=${version}`);
    expect(read(FILES[1] ?? '')).toContain(`appVersion: ${version}`);
    expect(readdirSync(join(copy, '.changeset'))).toEqual(['config.json']);
    const changelog = read('CHANGELOG.md');
    const section = changelog.slice(changelog.indexOf('\n## ') + 1, changelog.indexOf(`## [${before}]`));
    expect(section.replace(/\d{4}-\d\d-\d\d/, 'today')).toBe(
      `## [${version}] - today\n\n### Added and changed\n\n- Something new\n\n  with two paragraphs\n\n` +
        '### Fixed\n\n- Something mended\n\n',
    );
  });

  it('refuses to make a release of nothing', async () => {
    await expect(script('make-version.mjs')).rejects.toThrow(/there is nothing to release/);
  });
});

describe('npm run release:plan', () => {
  it.each([
    ['of an unknown kind', 'huge', 'x', undefined, /invalid version type "huge"/],
    ['of an unknown package', 'patch', 'x', '@optout-sync/wrker', /which is not in the workspace/],
    ['that says nothing', 'patch', '', undefined, /does not say what changed/],
    ['that changes no version', 'none', 'x', undefined, /a change is major, minor or patch/],
  ])('refuses a changeset %s', async (_, kind, text, name, error) => {
    changeset(kind, text, name);
    await expect(script('show-plan.mjs')).rejects.toThrow(error);
  });

  it('refuses changes after a release that is not named as the last one', async () => {
    changeset('patch', 'x');
    writeFileSync(join(copy, 'deploy/last-release.json'), '{ "version": "0.0.1", "commit": "c" }');
    await expect(script('show-plan.mjs')).rejects.toThrow(/names 0\.0\.1; write \{"version":"/);
  });

  it('accepts the changesets of this repository', async () => {
    const changesets = readdirSync(join(ROOT, '.changeset')).filter((file) => file.endsWith('.md'));
    for (const file of changesets) cpSync(join(ROOT, '.changeset', file), join(copy, '.changeset', file));
    expect(existsSync(join(ROOT, '.changeset/config.json'))).toBe(true);
    await expect(script('show-plan.mjs')).resolves.toBeDefined();
  });
});
