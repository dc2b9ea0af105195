import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

export interface ReceivedBody {
  raw: string;
  bytes: number;
  /** Parsed JSON; the raw text when it is not JSON; null without a body. */
  parsed: unknown;
}

/** Reads a request's whole body. @throws when the client goes away before its end */
export async function receive(request: IncomingMessage): Promise<ReceivedBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const raw = body.toString();
  return { raw, bytes: body.length, parsed: raw === '' ? null : parse(raw) };
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
