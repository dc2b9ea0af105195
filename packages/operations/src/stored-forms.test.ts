import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STORED_FORMS } from '@optout-sync/shared/stored-forms';
import { ProofRecords } from './proof/proof-records';
import { checkProof } from './proof/seal';
import { UndoFile } from './setup/changes';
import { readUndoFile } from './setup/undo-file';

const versionOf = (name: string): number | undefined =>
  STORED_FORMS.find((form) => form.name === name)?.version;

const folder = mkdtempSync(join(tmpdir(), 'optout-forms-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the files of commands', () => {
  it('have the versions of the list of stored forms', () => {
    expect(versionOf('undo file of `setup`')).toBe(UndoFile.shape.version.value);
    expect(versionOf('proof')).toBe(ProofRecords.shape.version.value);
  });

  it('are refused in a later version', () => {
    const path = join(folder, 'undo.json');
    writeFileSync(path, JSON.stringify({ version: 2, createdAt: '', accountSid: '', changes: [] }));
    expect(() => readUndoFile(path)).toThrow(/a later release/);
    const proof = { records: { format: 'optout-sync-proof', version: 2 }, digest: {} };
    expect(() => checkProof(proof, undefined)).toThrow(/no proof of this release/);
  });
});
