import { classify, type InboundEvent } from '@optout-sync/shared/domain';
import type { ForwardRequest } from '@optout-sync/shared/queues';
import { messageSid, twilioMessage } from '@optout-sync/twilio-simulator';
import { parseMessage } from '../routes/messages/parse';

/** A STOP with a sid of its own, as it is kept. */
export function stopEvent(): InboundEvent {
  const understood = parseMessage(
    twilioMessage({ Body: 'STOP', MessageSid: messageSid() }),
    Date.now(),
    classify,
  );
  if (understood.kind !== 'event') throw new Error('no event');
  return understood.event;
}

/** A message to pass on. */
export function forwardRequest(id: string): ForwardRequest {
  return {
    version: 1,
    id,
    target: 'http://127.0.0.1:9/',
    method: 'POST',
    query: '',
    headers: {},
    body: '',
  };
}
