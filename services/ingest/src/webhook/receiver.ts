import type { Events } from '../events';
import type { Handled, WebhookRoute } from './handled';
import { Refusal, refusalAnswer } from './refusal';
import type { Receiver, WebhookAnswer, WebhookRequest } from './request';

/** What a route is: how its requests are proven, what is done with them, and how they are answered. */
export interface Webhook<Proven, Result extends Handled> {
  readonly route: WebhookRoute;
  /** Proves a request. Throws a Refusal. */
  authenticate(request: WebhookRequest): Promise<Proven>;
  /** Does with a proven request what the route is for. What has to be kept is durable when it resolves. */
  handle(proven: Proven, request: WebhookRequest): Promise<Result>;
  answer(handled: Result): WebhookAnswer;
  /** How a refusal is answered, where not by its own status. */
  refuse?(refusal: Refusal): WebhookAnswer;
}

/** The receiver of one route: proves the request, hands it on, answers, and accounts for it. */
export function createReceiver<Proven, Result extends Handled>(
  webhook: Webhook<Proven, Result>,
  events: Pick<Events, 'webhookTaken' | 'webhookRefused'>,
): Receiver {
  const { route } = webhook;
  return async (request) => {
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    try {
      const handled = await webhook.handle(await webhook.authenticate(request), request);
      events.webhookTaken(route, handled, seconds());
      return webhook.answer(handled);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('internal_error', {}, { cause: error });
      events.webhookRefused(route, refusal, seconds());
      return webhook.refuse?.(refusal) ?? refusalAnswer(refusal);
    }
  };
}
