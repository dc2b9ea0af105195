import type { LoggedMessage } from './logged-message';
import { notFound } from './api-error';
import { ok, type ApiRequest, type Operation } from './operation';
import { listOf2010 } from './page';

/**
 * The message log (https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources): filters
 * `To`, `From`, `DateSent>` and `DateSent<`, the latest message first.
 */
export const MESSAGE_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: /^\/2010-04-01\/Accounts\/\w+\/Messages\.json$/,
    run: (request) => ok(listOf2010('messages', select(request), request)),
  },
  {
    method: 'GET',
    path: /^\/2010-04-01\/Accounts\/\w+\/Messages\/(\w+)\.json$/,
    run: ({ account, ids, path }) => {
      const message = account.messages.find(({ sid }) => sid === ids[0]);
      if (!message) throw notFound(path);
      return ok(message);
    },
  },
];

function select({ account, query }: ApiRequest): LoggedMessage[] {
  const from = parseTime(query.get('DateSent>')) ?? -Infinity;
  const to = parseTime(query.get('DateSent<')) ?? Infinity;
  const [sender, recipient] = [query.get('From'), query.get('To')];
  return account.messages
    .map((message) => ({ message, at: Date.parse(String(message.date_sent ?? message.date_created)) }))
    .filter(({ at }) => at >= from && at <= to)
    .filter(({ message }) => sender === null || message.from === sender)
    .filter(({ message }) => recipient === null || message.to === recipient)
    .sort((a, b) => b.at - a.at)
    .map(({ message }) => message);
}

const parseTime = (text: string | null): number | undefined => (text === null ? undefined : Date.parse(text));
