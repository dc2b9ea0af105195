import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Attack } from './attack';
import { STOP, forgedForm } from './requests';

const forgedCallback = (body: string): Buffer => forgedForm(body, WEBHOOK_PATHS.status);

/** Callbacks of the status route. A callback without an error code is answered 204 without a look at its signature. */
export const STATUS_ATTACKS: readonly Attack[] = [
  ['a forged blocked message', forgedCallback(`${STOP}&ErrorCode=21610`), [403, 'bad_signature']],
  ['a forged callback without an error', forgedCallback(`${STOP}&__proto__=x`), [204]],
];
