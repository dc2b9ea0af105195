import { readFile, writeFile } from 'node:fs/promises';

/*
 * A pool of complete HTTP requests, ready for a socket: making and signing a request costs more than sending it. File
 * format: the number of requests (4 bytes), the length of each (4 bytes each), then their bytes.
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
