import { connect } from 'node:net';

/** The answers on one connection. */
export interface Exchange {
  /** The status of each answer, in order. */
  readonly statuses: readonly number[];
  /** The error codes in the bodies, in order. */
  readonly codes: readonly string[];
}

const ANSWERED_WITHIN_MS = 15_000;

/**
 * Writes bytes to a port and reads until the other end closes the connection or, with `answers`, until that many answers
 * have arrived: for a connection that stays open.
 *
 * @throws {Error} when the connection is silent for 15 s
 */
export async function exchange(
  port: number,
  bytes: string | Buffer,
  { answers = Infinity } = {},
): Promise<Exchange> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  const received = (): string => Buffer.concat(chunks).toString('latin1');
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(ANSWERED_WITHIN_MS, () => {
      reject(new Error(`neither answered nor closed: ${JSON.stringify(received().slice(0, 200))}`));
    });
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (statusesIn(received()).length >= answers) resolve();
    });
    // A reset during the write counts as a closed connection.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve();
    });
    socket.write(bytes);
  }).finally(() => socket.destroy());
  return {
    statuses: statusesIn(received()),
    codes: [...received().matchAll(/"code":"(\w+)"/g)].map(([, code = '']) => code),
  };
}

const statusesIn = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)]
    .map(([, status]) => Number(status))
    .filter((status) => status !== 100);
