import { twilioMessage } from '@optout-sync/twilio-simulator';
import { authenticateMessage } from '../routes/messages/authenticate';
import { signedPost } from '../test-support/form-request';
import { TOKEN, keysWith } from '../test-support/keys';
import { TWIML } from './answers';
import { createReceiver, type WebhookResult } from './receiver';
import { WEBHOOK_ERRORS, WebhookError, type WebhookErrorCode } from './webhook-error';

function receiverWith(handle: () => Promise<WebhookResult>) {
  const telemetry = { webhookHandled: jest.fn(), webhookRefused: jest.fn() };
  const receive = createReceiver(
    {
      route: 'messages',
      authenticate: (request) => authenticateMessage(request, keysWith(TOKEN)),
      handle,
      answer: () => TWIML,
    },
    telemetry,
  );
  return { receive, telemetry };
}

describe('a receiver', () => {
  it('answers with TwiML that sends no reply once the webhook is handled', async () => {
    const result = { outcome: 'accepted', logFields: {} } as const;
    const { receive, telemetry } = receiverWith(() => Promise.resolve(result));
    expect(await receive(signedPost())).toEqual({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: '<Response/>',
    });
    expect(telemetry.webhookHandled).toHaveBeenCalledWith('messages', result, expect.any(Number));
  });

  it('does not handle a request whose signature is invalid', async () => {
    const handle = jest.fn();
    const { receive, telemetry } = receiverWith(handle);
    const answer = await receive(signedPost(undefined, { url: '/elsewhere' }));
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'bad_signature' });
    expect(handle).not.toHaveBeenCalled();
    expect(telemetry.webhookRefused).toHaveBeenCalledTimes(1);
  });

  it.each(Object.keys(WEBHOOK_ERRORS) as WebhookErrorCode[])(
    'answers %s with its status and code',
    async (code) => {
      const { receive } = receiverWith(() => Promise.reject(new WebhookError(code)));
      const answer = await receive(signedPost());
      expect(answer.status).toBe(WEBHOOK_ERRORS[code].status);
      expect(JSON.parse(answer.body)).toEqual({ code, message: WEBHOOK_ERRORS[code].message });
    },
  );

  it('answers an internal error with 500 and does not show it', async () => {
    const { receive, telemetry } = receiverWith(() => Promise.reject(new TypeError('our secret')));
    const answer = await receive(signedPost(twilioMessage({ Body: 'their words' })));
    expect(answer.status).toBe(500);
    expect(answer.body).not.toMatch(/secret|their words|at /);
    const [, error] = telemetry.webhookRefused.mock.calls[0] as [string, WebhookError];
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it('names the allowed methods when it refuses a method', async () => {
    const { receive } = receiverWith(jest.fn());
    expect((await receive(signedPost(undefined, { method: 'PUT' }))).headers).toMatchObject({
      allow: 'GET, POST',
    });
  });
});
