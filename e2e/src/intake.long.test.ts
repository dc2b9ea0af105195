import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '@optout-sync/local-runtime/process';
import { LINK_PATH, WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { PUBLIC_URL, System, inParallel, type Running } from '@optout-sync/testkit/system';
import { TWILIO_MESSAGING_SERVICE_SID } from '@optout-sync/twilio-simulator';
import { expectAppliedOnce, newPeople } from './support/stop-workload';

jest.setTimeout(180_000);

const TOKEN = 'a-token-of-the-help-desk';
const LINK_KEY = 'ab'.repeat(32);

describe('opt-outs that are not a text', () => {
  let system: System;
  let dir: string;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'intake-'));
    const OPTOUT_CONFIG = join(dir, 'optout.yaml');
    const senders = `[${TWILIO_MESSAGING_SERVICE_SID}]`;
    writeFileSync(OPTOUT_CONFIG, `intake: [{ name: helpdesk, token: ${TOKEN}, senders: ${senders} }]\n`);
    system = await System.start({ env: { OPTOUT_CONFIG, LINK_KEY } });
  });
  afterEach(async () => {
    await system.stop();
    rmSync(dir, { recursive: true });
  });

  const urlOf = (ingest: Running, path: string) => `http://127.0.0.1:${String(ingest.port)}${path}`;
  /** Repeats the request until it is answered, as the systems that call do. */
  const report = async (ingest: () => Running, phone: string): Promise<void> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
    const body = JSON.stringify({ id: `ticket of ${phone}`, phone, kind: 'stop' });
    const attempt = async () =>
      (await fetch(urlOf(ingest(), WEBHOOK_PATHS.optouts), { method: 'POST', headers, body })).status === 202;
    await waitFor(() => attempt().catch(() => false), { what: 'an answer', timeoutMs: 60_000 });
  };

  it('are each applied once when Redis and ingest are killed, and the callers repeat what was not answered', async () => {
    const SPOOL_DIR = await system.newFolder();
    let ingest = await system.startIngest({ SPOOL_DIR });
    await system.startWorker();
    const phones = newPeople(system, 60);
    let sent = 0;
    await inParallel(phones, 6, async (phone) => {
      sent += 1;
      if (sent === 10) await system.redis.kill('SIGKILL');
      if (sent === 30) {
        await ingest.kill('SIGKILL');
        ingest = await system.startIngest({ SPOOL_DIR });
      }
      if (sent === 45) await system.redis.restart();
      await report(() => ingest, phone);
    });
    await waitFor(async () => (await system.metric('optout_spool_items')) === 0, {
      what: 'the spool to be empty',
    });
    await expectAppliedOnce(system, phones);
    const [phone = ''] = phones;
    const entry = await system.entry(phone);
    expect(entry?.history[0]).toMatchObject({
      source: 'manual',
      note: { by: 'intake helpdesk', reason: 'api' },
    });
  });

  it('come by each recipe of docs/intake.md', async () => {
    const ingest = await system.startIngest();
    await system.startWorker();
    const page = readFileSync(join(__dirname, '../../docs/intake.md'), 'utf8');
    const recipes = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, text = '']) =>
      text.includes('curl') ? [text] : [],
    );
    expect(recipes).toHaveLength(3);
    const phones = ['+14155550101', '+14155550102', '+14155550103'];
    for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
    const env = { PATH: process.env.PATH, INTAKE_TOKEN: TOKEN };
    for (const recipe of recipes) {
      const command = recipe.replace('http://127.0.0.1:8080', `http://127.0.0.1:${String(ingest.port)}`);
      const { stdout } = await promisify(execFile)('bash', ['-c', command], { env });
      expect(stdout).toMatch(/^HTTP\/1.1 202 [^]*"status":"accepted","accepted":1/);
    }
    await expectAppliedOnce(system, phones);
  });

  it('come by the link that the command makes', async () => {
    const ingest = await system.startIngest();
    await system.startWorker();
    const [phone = ''] = newPeople(system, 1);
    const { code, out } = await system.cli(['link', phone, '--sender', TWILIO_MESSAGING_SERVICE_SID]);
    expect(code).toBe(0);
    const url = out.trim();
    expect(url.startsWith(PUBLIC_URL + LINK_PATH)).toBe(true);
    const page = urlOf(ingest, url.slice(PUBLIC_URL.length));
    expect((await fetch(page)).status).toBe(200);
    expect(await system.entry(phone)).toBeUndefined();
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
    expect((await fetch(page, { method: 'POST', body })).status).toBe(200);
    await expectAppliedOnce(system, [phone]);
    const shown = await system.cli(['optouts', 'show', phone]);
    expect(shown.out).toContain('one-click link');
  });
});
