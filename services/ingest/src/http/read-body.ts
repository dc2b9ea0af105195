import type { IncomingMessage } from 'node:http';
import getRawBody, { type RawBodyError } from 'raw-body';
import { WebhookError } from '../webhook/webhook-error';

/**
 * The whole body; how long it may take is the server's to say. Throws a Refusal when it is larger than `limit` bytes or cut
 * off.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  try {
    return await getRawBody(request, { limit });
  } catch (error) {
    // The answer goes out on this connection, so the rest of the body has to be let through, unread.
    request.resume();
    const { type } = error as RawBodyError;
    throw new WebhookError(
      type === 'entity.too.large' ? 'body_too_large' : 'body_incomplete',
      {},
      { cause: error },
    );
  }
}
