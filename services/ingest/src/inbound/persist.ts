import type { WriteBatch, EventStore } from '../store/event-store';
import { WebhookError } from '../webhook/webhook-error';

/**
 * Resolves once all that a webhook brought is kept; else throws the Refusal that makes Twilio call again, or elsewhere.
 * What brought nothing to keep needs no store.
 */
export async function persistOrThrow(
  store: Pick<EventStore, 'append'>,
  bundle: WriteBatch,
  about: Readonly<Record<string, string>>,
): Promise<void> {
  const { events = [], letters = [], forwards = [] } = bundle;
  if (events.length + letters.length + forwards.length === 0) return;
  try {
    await store.append(bundle);
  } catch (error) {
    throw new WebhookError('storage_unavailable', about, { cause: error });
  }
}
