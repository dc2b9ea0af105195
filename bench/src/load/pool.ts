import { readFile, writeFile } from 'node:fs/promises';

/*
 * A pool of whole HTTP requests, ready to be written to a socket: making and signing them would cost the load more than
 * sending them. As a file: how many (4 bytes), each one's length (4 bytes each), then their bytes.
 */

export async function writePool(file: string, requests: readonly string[]): Promise<void> {
  const bodies = requests.map((request) => Buffer.from(request, 'utf8'));
  const head = Buffer.alloc(4 * (bodies.length + 1));
  head.writeUInt32LE(bodies.length);
  for (const [index, body] of bodies.entries()) head.writeUInt32LE(body.length, 4 * (index + 1));
  await writeFile(file, Buffer.concat([head, ...bodies]));
}

export async function readPool(file: string): Promise<Buffer[]> {
  const content = await readFile(file);
  const count = content.readUInt32LE(0);
  let at = 4 * (count + 1);
  return Array.from({ length: count }, (_, index) => {
    const length = content.readUInt32LE(4 * (index + 1));
    at += length;
    return content.subarray(at - length, at);
  });
}
