import { AUTH_TOKEN, System, type Running } from '@optout-sync/testkit/system';
import { TWILIO_ACCOUNT_SID as SID } from '@optout-sync/twilio-simulator';
import { startFront, stopFront, type Front } from './support/https-front';

jest.setTimeout(120_000);

/** An address of this machine that, unlike 127.0.0.1, does not say so: the command takes it for another machine. */
const ELSEWHERE = '0.0.0.0';
const PHONE = '+14155560001';

let system: System;
let front: Front;
let ingest: Running;
beforeAll(async () => {
  system = await System.start();
  front = await startFront(await system.newFolder(), { ip: ELSEWHERE });
  ingest = await system.startIngest({ PUBLIC_URL: front.url });
  front.target = ingest.port;
  await system.startWorker();
  system.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
});
afterAll(async () => {
  await stopFront(front);
  await system.stop();
});

const simulate = (token: string, ...args: string[]) =>
  system.cli(['simulate', 'message', '--from', PHONE, '--connect', front.url, ...args], {
    PUBLIC_URL: '',
    TWILIO_ACCOUNT_SID: SID,
    TWILIO_AUTH_TOKEN: token,
    NODE_EXTRA_CA_CERTS: front.caFile,
  });

describe('simulate message --connect', () => {
  it('sends nothing to another machine without --yes', async () => {
    const { code, error } = await simulate(AUTH_TOKEN);
    expect(code).toBe(2);
    expect(error).toContain('is another machine, where the message counts as a real one: nothing was sent.');
    expect(await system.metric('optout_webhooks_total', 'route="messages"')).toBe(0);
  });

  it('sends it signed with the real token, by https, and the opt-out is a real one there', async () => {
    const { code, out } = await simulate(AUTH_TOKEN, '--yes');
    expect([code, out]).toEqual([0, expect.stringContaining('answer 200')]);
    await system.settled([PHONE]);
    expect(system.attribute(PHONE)).toEqual([true]);
  });

  it('is refused there with another token, and not sent by http', async () => {
    const { out } = await simulate('f'.repeat(32), '--yes');
    expect(out).toContain('answer 403');
    const plain = `http://${ELSEWHERE}:${String(ingest.port)}`;
    const { code, error } = await simulate(AUTH_TOKEN, '--yes', '--connect', plain);
    expect([code, error]).toEqual([2, expect.stringContaining('is another machine: use https')]);
  });
});
