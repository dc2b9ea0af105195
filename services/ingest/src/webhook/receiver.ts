import type { Events } from '../events';
import { authenticate, type Trust } from './authenticate';
import type { Handler, WebhookRoute } from './handled';
import { Refusal, refusalAnswer } from './refusal';
import type { Receiver, WebhookAnswer } from './request';

/** TwiML that sends nothing back. Anything but XML would be Twilio's error 12300. */
const TAKEN: WebhookAnswer = { status: 200, headers: { 'content-type': 'text/xml' }, body: '<Response/>' };

/** The receiver of one route: proves the request, hands it on, answers, and accounts for it. */
export function createReceiver(options: {
  readonly route: WebhookRoute;
  readonly trust: Trust;
  readonly handle: Handler;
  readonly events: Pick<Events, 'webhookTaken' | 'webhookRefused'>;
}): Receiver {
  const { route, trust, handle, events } = options;
  return async (request) => {
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    try {
      const handled = await handle(await authenticate(request, trust));
      events.webhookTaken(route, handled, seconds());
      return TAKEN;
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('internal_error', {}, { cause: error });
      events.webhookRefused(route, refusal, seconds());
      return refusalAnswer(refusal.code);
    }
  };
}
