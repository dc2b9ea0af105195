import { z } from 'zod';
import { ProofRecords, collectProof, findSubject, whyWaiting } from '@optout-sync/operations';
import type { Subject } from '@optout-sync/shared/domain';
import type { ApiContext } from '../http/api-context';
import { apiRoute } from '../http/api-route';
import { channel, iso, phone, time, workspace } from '../http/fields';
import { RELEASE } from '@optout-sync/shared/service';
import { PHONE_ERRORS } from './state-route';

const Waiting = z.object({
  kind: z.enum(['queued', 'active', 'lost', 'failing', 'dead_lettered']),
  code: z.string().optional().describe('the error of the last attempt'),
  failedAt: time.optional(),
  deadLetters: z.array(z.string()).optional().describe('their ids'),
});

/** What a proof holds, without what makes it a proof of one moment. */
const Records = ProofRecords.omit({ format: true, version: true, madeAt: true, madeBy: true });

const History = Records.extend({
  waiting: Waiting.nullable().describe('why Customer.io does not hold the present version yet'),
}).meta({ id: 'History' });

export const historyRoute = apiRoute({
  method: 'get',
  path: '/optouts/{phone}/history',
  tag: 'Opt-outs',
  summary: 'Every message, version and write of a number, and why the latest waits',
  scope: 'history:read',
  cost: 5,
  params: z.strictObject({ phone }),
  query: z.strictObject({ channel, workspace }),
  status: 200,
  result: History,
  errors: [...PHONE_ERRORS, 'entry_not_found', 'ledger_entry_unreadable'],
  handle: async ({ context, params, query }) => {
    const subject = findSubject(context.routes, { ...params, ...query });
    const records = Records.parse(await readRecords(context, subject));
    return { ...records, waiting: await readWaiting(context, subject) };
  },
});

export function readRecords({ stores, policies }: ApiContext, subject: Subject): Promise<ProofRecords> {
  const policy = policies.get(subject.workspace) ?? 'any';
  return collectProof(stores, subject, { policy, madeBy: `optout-sync ${RELEASE.version}` });
}

async function readWaiting(
  { stores }: ApiContext,
  subject: Subject,
): Promise<z.infer<typeof Waiting> | null> {
  const entry = await stores.ledger.read(subject);
  const waiting = entry && (await whyWaiting(stores, subject, entry));
  if (!waiting) return null;
  switch (waiting.kind) {
    case 'failing':
      return { kind: 'failing', code: waiting.code, failedAt: iso(waiting.failedAt) };
    case 'dead_lettered':
      return { kind: 'dead_lettered', code: waiting.code, deadLetters: [...waiting.ids] };
    default:
      return { kind: waiting.kind };
  }
}
