import { z } from 'zod';
import type { EventSource } from '../domain/inbound-event';
import { parseAddress } from '../domain/phone';
import type { WorkspaceOf } from '../domain/subject';
import type { DeadLetter } from './dead-letter';

/** What a dead letter is indexed by beside its code and stage. */
export interface IndexTerms {
  readonly source?: EventSource;
  readonly workspace?: string;
  readonly phone?: string;
  readonly messageSids: readonly string[];
}

/** Extracts the index terms from the payload; best effort for a raw one. */
export function indexTerms({ undone }: Pick<DeadLetter, 'undone'>, workspaceOf: WorkspaceOf): IndexTerms {
  switch (undone.type) {
    case 'event': {
      const { source, accountSid, sender, phone, messageSid } = undone.event;
      return { source, workspace: workspaceOf(accountSid, sender), phone, messageSids: [messageSid] };
    }
    case 'sync':
    case 'destination': {
      const { workspace, phone } = undone.request;
      return { workspace, phone, messageSids: undone.messageSids };
    }
    case 'forward':
      return { messageSids: [undone.request.id] };
    case 'people': {
      const { workspace, people } = undone.change;
      const phones = new Set(people.map(({ phone }) => phone));
      return { workspace, ...(phones.size === 1 && { phone: [...phones][0] }), messageSids: [] };
    }
    case 'raw':
      return rawIndexTerms(undone.data, workspaceOf);
    default:
      // A damaged one, or one of a later release.
      undone satisfies never;
      return { messageSids: [] };
  }
}

const fields = z.record(z.string(), z.unknown());
/** The form in which ingest dead-letters a message that it cannot parse. */
const Raw = z.object({
  route: z.string(),
  params: fields.optional(),
  event: z.object({ data: fields }).optional(),
});
const SOURCE_OF_ROUTE: Readonly<Record<string, EventSource>> = {
  messages: 'webhook',
  events: 'event_stream',
  status: 'status_callback',
  studio: 'studio',
};

function rawIndexTerms(data: unknown, workspaceOf: WorkspaceOf): IndexTerms {
  const parsed = Raw.safeParse(data);
  const { route = '', params, event } = parsed.success ? parsed.data : {};
  const from = params ?? event?.data ?? fields.catch({}).parse(data);
  const text = (...names: string[]): string | undefined =>
    names.map((name) => from[name]).find((value) => typeof value === 'string');
  // A status callback reports an outbound message: the person is its recipient. So does a reassigned number of Event Streams.
  const [theirs, ours] = route === 'status' ? (['To', 'From'] as const) : (['From', 'To'] as const);
  const address = parseAddress(text(theirs, theirs.toLowerCase(), 'phone', 'to_number', 'toNumber') ?? '');
  const sender = text('MessagingServiceSid', 'messagingServiceSid', 'sender', ours, ours.toLowerCase());
  const sid = text('MessageSid', 'messageSid');
  const account = text('AccountSid', 'accountSid', 'account_sid');
  return {
    source: SOURCE_OF_ROUTE[route],
    workspace: account === undefined ? text('workspace') : workspaceOf(account, sender),
    phone: address.kind === 'phone' ? address.phone : undefined,
    messageSids: sid === undefined ? [] : [sid],
  };
}
