import type { IncomingMessage } from 'node:http';
import getRawBody, { type RawBodyError } from 'raw-body';
import { WebhookError } from '../webhook/webhook-error';

/**
 * Reads the whole body. The server limits how long a request may take.
 *
 * @throws {WebhookError} `body_too_large` over `limitBytes`, `body_incomplete` when the connection ends early
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  try {
    return await getRawBody(request, { limit: limitBytes });
  } catch (error) {
    // The answer is sent on this connection, so the rest of the body is received and discarded.
    request.resume();
    const { type } = error as RawBodyError;
    throw new WebhookError(
      type === 'entity.too.large' ? 'body_too_large' : 'body_incomplete',
      {},
      { cause: error },
    );
  }
}
