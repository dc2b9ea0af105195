import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { classify, type InboundEvent } from '@optout-sync/shared/domain';
import { PeopleChange, type ForwardRequest } from '@optout-sync/shared/queues';
import { messageSid, twilioMessage } from '@optout-sync/twilio-simulator';
import { unprocessableDeadLetter } from '@optout-sync/shared/dead-letters';
import { parseMessage } from '../routes/messages/parse';

/** A STOP with its own SID. */
export function stopEvent(): InboundEvent {
  const params = twilioMessage({ Body: 'STOP', MessageSid: messageSid() });
  const parsed = parseMessage(params, Date.now(), classify);
  if (parsed.kind !== 'event') throw new Error('no event');
  return parsed.event;
}

/** A dead letter with this message and data. */
export function sampleDeadLetter(
  message: string,
  data: Parameters<typeof unprocessableDeadLetter>[1] = { route: 'events' },
): DeadLetter {
  const unprocessable = { kind: 'unprocessable', code: 'message_not_understood', message } as const;
  return unprocessableDeadLetter(unprocessable, data, 1);
}

/** A change of one person. */
export function peopleChange(id: string): PeopleChange {
  return PeopleChange.parse({ version: 1, id, workspace: 'default', people: [{ phone: '+14155550123' }] });
}

/** A request to forward a message. */
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
