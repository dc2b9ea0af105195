import type { IncomingMessage } from 'node:http';
import getRawBody, { type RawBodyError } from 'raw-body';
import { Refusal } from '../webhook/refusal';

/** Twilio gives up on us after 15 s. */
const BODY_DEADLINE_MS = 8_000;

/** The whole body, in time. Throws a Refusal when it is larger than `limit` bytes, too slow or cut off. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  deadlineMs = BODY_DEADLINE_MS,
): Promise<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Refusal('body_too_slow'));
    }, deadlineMs);
  });
  const body = getRawBody(request, { limit });
  try {
    return await Promise.race([body, late]);
  } catch (error) {
    // The answer goes out on this connection, so the rest of the body has to be let through, unread.
    request.resume();
    if (error instanceof Refusal) throw error;
    const { type } = error as RawBodyError;
    throw new Refusal(
      type === 'entity.too.large' ? 'body_too_large' : 'body_incomplete',
      {},
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}
