import { TWILIO_ACCOUNT_SID, twilioMessage } from '@optout-sync/twilio-simulator';
import { TOKEN, signedPost } from '../test-support/form-request';
import { TWIML } from './answers';
import { authenticateMessage, type Trust } from './authenticate';
import { createReceiver, type WebhookResult } from './receiver';
import { WEBHOOK_ERRORS, WebhookError, type WebhookErrorCode } from './webhook-error';

const trust: Trust = {
  accounts: new Map([[TWILIO_ACCOUNT_SID, { tokens: [TOKEN] }]]),
  publicUrl: undefined,
  studioTokens: [],
};

function receiverWith(handle: () => Promise<WebhookResult>) {
  const events = { webhookTaken: jest.fn(), webhookRefused: jest.fn() };
  const receive = createReceiver(
    {
      route: 'messages',
      authenticate: (request) => authenticateMessage(request, trust),
      handle,
      answer: () => TWIML,
    },
    events,
  );
  return { receive, events };
}

describe('a receiver', () => {
  it('answers a handled webhook with TwiML that says nothing, once it is handled', async () => {
    const handled = { outcome: 'accepted', about: {} } as const;
    const { receive, events } = receiverWith(() => Promise.resolve(handled));
    expect(await receive(signedPost())).toEqual({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: '<Response/>',
    });
    expect(events.webhookTaken).toHaveBeenCalledWith('messages', handled, expect.any(Number));
  });

  it('hands on nothing without a signature', async () => {
    const handle = jest.fn();
    const { receive, events } = receiverWith(handle);
    const answer = await receive(signedPost(undefined, { url: '/elsewhere' }));
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'bad_signature' });
    expect(handle).not.toHaveBeenCalled();
    expect(events.webhookRefused).toHaveBeenCalledTimes(1);
  });

  it.each(Object.keys(WEBHOOK_ERRORS) as WebhookErrorCode[])(
    'answers %s by its status and code',
    async (code) => {
      const { receive } = receiverWith(() => Promise.reject(new WebhookError(code)));
      const answer = await receive(signedPost());
      expect(answer.status).toBe(WEBHOOK_ERRORS[code].status);
      expect(JSON.parse(answer.body)).toEqual({ code, message: WEBHOOK_ERRORS[code].message });
    },
  );

  it('answers a mistake of ours with 500, and shows nothing of it', async () => {
    const { receive, events } = receiverWith(() => Promise.reject(new TypeError('secret of ours')));
    const answer = await receive(signedPost(twilioMessage({ Body: 'their words' })));
    expect(answer.status).toBe(500);
    expect(answer.body).not.toMatch(/secret|their words|at /);
    const [, refusal] = events.webhookRefused.mock.calls[0] as [string, WebhookError];
    expect(refusal.cause).toBeInstanceOf(TypeError);
  });

  it('names the allowed methods when it refuses one', async () => {
    const { receive } = receiverWith(jest.fn());
    expect((await receive(signedPost(undefined, { method: 'PUT' }))).headers).toMatchObject({
      allow: 'GET, POST',
    });
  });
});
