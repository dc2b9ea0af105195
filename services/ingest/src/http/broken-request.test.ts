import { connect } from 'node:net';
import { startPublicServer, type PublicServer } from './server';

describe('a broken request', () => {
  let server: PublicServer;
  let reported: string[];
  beforeEach(async () => {
    reported = [];
    server = await startPublicServer({ port: 0 }, (_, response) => response.end('fine'), {
      requestBroken: (code) => void reported.push(code),
      connectionClosed: () => undefined,
    });
  });
  afterEach(() => server.stop());

  /** Sends the bytes on a connection that continues to send and never closes. Returns what the server sent until it closed. */
  async function send(bytes: string): Promise<string> {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('error', () => undefined);
    socket.write(bytes);
    const sending = setInterval(() => socket.write('x'), 20);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(sending);
    return received;
  }

  it.each([
    ['is garbage', 'garbage\r\n\r\n', 400, 'malformed_request'],
    ['has headers without end', `GET / HTTP/1.1\r\na: ${'x'.repeat(2_000_000)}`, 431, 'headers_too_large'],
  ])(
    'that %s is answered, and its connection closed although the client keeps it open',
    async (_, bytes, status, code) => {
      const received = await send(bytes);
      expect(received).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
      expect(JSON.parse(received.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code });
      expect(reported).toEqual([code]);
    },
  );
});
