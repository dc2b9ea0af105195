import { z } from 'zod';
import { SealedProof, findSubject, sealProof } from '@optout-sync/operations';
import { apiRoute } from '../http/api-route';
import { authorOf } from '../http/author';
import { channel, phone, workspace } from '../http/fields';
import { readRecords } from './history-route';
import { PHONE_ERRORS } from './state-route';

export const proofRoute = apiRoute({
  method: 'get',
  path: '/optouts/{phone}/proof',
  tag: 'Opt-outs',
  summary: 'Everything that is stored of a number, with a digest',
  description:
    '`optout-sync proof --check` verifies the answer. With PROOF_KEY the digest is an HMAC. The audit trail records who made it.',
  scope: 'history:read',
  cost: 5,
  params: z.strictObject({ phone }),
  query: z.strictObject({ channel, workspace }),
  status: 200,
  result: SealedProof.meta({ id: 'Proof' }),
  errors: [...PHONE_ERRORS, 'entry_not_found', 'ledger_entry_unreadable'],
  handle: async ({ context, token, params, query }) => {
    const subject = findSubject(context.routes, { ...params, ...query });
    const records = await readRecords(context, subject);
    // It is handed on with the whole number in it.
    await context.stores.audit.add({
      action: 'reveal',
      by: authorOf(token),
      why: 'proof',
      details: { ...subject },
    });
    return sealProof(records, context.proofKey);
  },
});
