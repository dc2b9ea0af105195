import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry } from './registry';
import { RELEASE, releaseIn } from './release';

describe('the release', () => {
  const folder = mkdtempSync(join(tmpdir(), 'optout-sync-release-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const release = (manifest: object) => {
    const file = join(folder, 'package.json');
    writeFileSync(file, JSON.stringify(manifest));
    return releaseIn(file);
  };

  it('has the commit that was built in, and says so where there is none', () => {
    expect(release({ version: '1.2.3', gitHead: 'abc123' })).toEqual({ version: '1.2.3', commit: 'abc123' });
    expect(release({ version: '1.2.3', gitHead: '' })).toEqual({ version: '1.2.3', commit: 'unknown' });
    expect(release({ version: '1.2.3' })).toEqual({ version: '1.2.3', commit: 'unknown' });
  });

  it('is in the metrics', async () => {
    expect(await createRegistry('ingest').metrics()).toContain(
      `optout_build_info{version="${RELEASE.version}",node="${process.version}",commit="${RELEASE.commit}",service="ingest"} 1`,
    );
  });
});
