import { z } from 'zod';
import type { EventSource } from '../domain/inbound-event';
import { parseAddress } from '../domain/phone';
import type { WorkspaceOf } from '../domain/subject';
import type { DeadLetter } from './dead-letter';

/** What a letter can be found by, beside what stands in it by name. */
export interface IndexTerms {
  readonly source?: EventSource;
  readonly workspace?: string;
  readonly phone?: string;
  readonly messageSids: readonly string[];
}

/** Reads them from what is undone; of what nobody understood, as well as can be. */
export function indexTerms({ undone }: Pick<DeadLetter, 'undone'>, workspaceOf: WorkspaceOf): IndexTerms {
  switch (undone.type) {
    case 'event': {
      const { source, accountSid, phone, messageSid } = undone.event;
      return { source, workspace: workspaceOf(accountSid), phone, messageSids: [messageSid] };
    }
    case 'sync': {
      const { workspace, phone } = undone.request;
      return { workspace, phone, messageSids: undone.messageSids };
    }
    case 'forward':
      return { messageSids: [undone.request.id] };
    case 'raw':
      return factsOfRaw(undone.data, workspaceOf);
    default:
      return undone satisfies never;
  }
}

const fields = z.record(z.string(), z.unknown());
/** How ingest sets aside what it did not understand, route by route. */
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

function factsOfRaw(data: unknown, workspaceOf: WorkspaceOf): IndexTerms {
  const parsed = Raw.safeParse(data);
  const { route = '', params, event } = parsed.success ? parsed.data : {};
  const from = params ?? event?.data ?? fields.catch({}).parse(data);
  const text = (...names: string[]): string | undefined =>
    names.map((name) => from[name]).find((value) => typeof value === 'string');
  // A status callback is about a message of ours: the person is who it went to.
  const address = parseAddress((route === 'status' ? text('To', 'to') : text('From', 'from', 'phone')) ?? '');
  const sid = text('MessageSid', 'messageSid');
  const account = text('AccountSid', 'accountSid');
  return {
    source: SOURCE_OF_ROUTE[route],
    workspace: account === undefined ? undefined : workspaceOf(account),
    phone: address.kind === 'phone' ? address.phone : undefined,
    messageSids: sid === undefined ? [] : [sid],
  };
}
