import type { Bundle, EventStore } from '../store/event-store';
import { Refusal } from '../webhook/webhook-error';

/**
 * Resolves once all that a webhook brought is kept; else throws the Refusal that makes Twilio call again, or elsewhere.
 * What brought nothing to keep needs no store.
 */
export async function keepDurably(
  store: Pick<EventStore, 'keep'>,
  bundle: Bundle,
  about: Readonly<Record<string, string>>,
): Promise<void> {
  const { events = [], letters = [], forwards = [] } = bundle;
  if (events.length + letters.length + forwards.length === 0) return;
  try {
    await store.keep(bundle);
  } catch (error) {
    throw new Refusal('storage_unavailable', about, { cause: error });
  }
}
