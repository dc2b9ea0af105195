import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

export interface RequestBody {
  raw: string;
  bytes: number;
  /** Parsed JSON; the raw text when it is not JSON; null without a body. */
  parsed: unknown;
}

/** Reads the whole body of a request. @throws {Error} when the client disconnects before its end */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
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
