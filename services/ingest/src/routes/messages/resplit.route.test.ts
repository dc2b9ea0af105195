import { TWILIO_ACCOUNT_SID, messageSid, signForm, twilioMessage } from '@optout-sync/twilio-simulator';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { TOKEN } from '../../test-support/keys';
import { metricOf } from '../../test-support/metrics';
import { runIngest, untilReady, type RunningIngest } from '../../test-support/running-ingest';

const REDIS_URL = process.env.TEST_REDIS_URL ?? '';
const VICTIM = '+14155550123';

describe('a signature that is used for another text', () => {
  let running: RunningIngest;
  beforeEach(async () => {
    running = await runIngest(REDIS_URL, { forwardUrls: ['http://127.0.0.1:9/'] });
    await untilReady(running);
  });
  afterEach(async () => {
    await running.stop();
  });

  /** Sends these parameters with the signature of the original. */
  const sendAs = async (original: Record<string, string>, params: Record<string, string>) => {
    const url = running.url + WEBHOOK_PATHS.messages;
    const signature = signForm({ url, params: original, authToken: TOKEN });
    const { status } = await running.send({ params, headers: { 'x-twilio-signature': signature } });
    return status;
  };
  const events = async () =>
    (await running.queues.inbound.getWaiting(0, -1)).flatMap((job) => job.data.payload.events);
  const deadLetters = async () =>
    (await running.queues.deadLetters.page({ limit: 1_000 })).deadLetters.map(({ deadLetter }) => deadLetter);

  it('opts nobody in, forwards nothing and leaves one dead letter', async () => {
    const sid = messageSid();
    const [From, To] = ['+14155550199', '+15005550006'];
    const Body = `STARTFrom${VICTIM}MessageSid${sid}OptOutTypeSTARTTo${To}Z`;
    const original = twilioMessage({ From, Body });
    const { AccountSid = '', ApiVersion = '' } = original;
    const start = {
      AccountSid,
      ApiVersion,
      Body: 'START',
      From: VICTIM,
      MessageSid: sid,
      OptOutType: 'START',
      To,
    };
    const text = (params: Record<string, string>) =>
      Object.keys(params)
        .sort()
        .map((name) => name + params[name]!)
        .join('');
    const rest = text(original).slice(text(start).length);
    for (const length of [1, 5, rest.length]) {
      const split = { ...start, [rest.slice(0, length)]: rest.slice(length) };
      expect(await sendAs(original, split)).toBe(200);
    }
    expect(await sendAs(original, original)).toBe(200);
    expect(await events()).toEqual([]);
    expect(await running.queues.forwards.getWaitingCount()).toBe(0);
    expect(await deadLetters()).toMatchObject([
      { code: 'message_ambiguous', undone: { data: { route: 'messages', params: { From: VICTIM } } } },
    ]);
  });

  it('leaves one dead letter however the text of a captured message is cut', async () => {
    const original = twilioMessage({ Body: 'STOP', From: 'whatsapp:US.123', ProfileName: 'Zoe Smith' });
    expect(await sendAs(original, original)).toBe(200);
    const statuses: number[] = [];
    for (const [name, value] of Object.entries(original)) {
      for (let end = 1; end < name.length; end += 1) {
        const others = Object.entries(original).filter(([other]) => other !== name);
        const cut = { ...Object.fromEntries(others), [name.slice(0, end)]: name.slice(end) + value };
        statuses.push(await sendAs(original, cut));
      }
    }
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(30);
    const [deadLetter, ...others] = await deadLetters();
    expect(others).toEqual([]);
    expect(deadLetter).toMatchObject({ code: 'not_a_phone_number', undone: { data: { params: original } } });
  });

  it('sets an opt-in aside whose SIDs differ, and applies, counts and logs such an opt-out', async () => {
    const [start, stop] = ['START', 'STOP'].map((OptOutType) =>
      twilioMessage({ From: VICTIM, OptOutType, SmsSid: messageSid() }),
    );
    for (const params of [start!, stop!]) expect((await running.send({ params })).status).toBe(200);
    expect(await events()).toMatchObject([{ kind: 'stop', messageSid: stop!.MessageSid }]);
    expect(await deadLetters()).toMatchObject([{ code: 'message_sids_differ' }]);
    expect(await metricOf(running, 'optout_sid_mismatches_total', { route: 'messages' })).toBe(1);
    expect(running.logs.filter((line) => line.includes('"code":"sid_mismatch"'))).toEqual([
      expect.stringContaining(stop!.MessageSid!),
    ]);
  });

  it.each([
    ['a blocked send', WEBHOOK_PATHS.status, { MessageStatus: 'failed', ErrorCode: '21610', To: VICTIM }],
    ['a call from Studio', WEBHOOK_PATHS.studio, { from: VICTIM, kind: 'start', to: '+15005550006' }],
  ])('changes nothing by %s', async (_, path, claims) => {
    const url = running.url + path;
    const params = {
      AccountSid: TWILIO_ACCOUNT_SID,
      MessageSid: messageSid(),
      From: '+15005550006',
      ...claims,
      z: `from+14155550199From+14155550199MessageSid${messageSid()}`,
    };
    expect((await running.send({ params, url, connectUrl: url })).status).toBeLessThan(300);
    expect(await events()).toEqual([]);
    expect(await deadLetters()).toMatchObject([{ code: 'message_ambiguous' }]);
  });
});
