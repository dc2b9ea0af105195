import { connect } from 'node:net';
import { startPublicServer, type PublicServer } from './server';

describe('what is no HTTP request', () => {
  let server: PublicServer;
  let told: string[];
  beforeEach(async () => {
    told = [];
    server = await startPublicServer(
      0,
      (_, response) => response.end('fine'),
      (code) => void told.push(code),
    );
  });
  afterEach(() => server.stop());

  /** Sends it over a connection that goes on sending and never closes, and gives what came until the server closed. */
  async function send(bytes: string): Promise<string> {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('error', () => undefined);
    socket.write(bytes);
    const dripping = setInterval(() => socket.write('x'), 20);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(dripping);
    return received;
  }

  it.each([
    ['is garbage', 'garbage\r\n\r\n', 400, 'malformed_request'],
    ['has headers without end', `GET / HTTP/1.1\r\na: ${'x'.repeat(2_000_000)}`, 431, 'headers_too_large'],
  ])(
    'that %s is answered and its connection closed, whoever holds on to it',
    async (_, bytes, status, code) => {
      const received = await send(bytes);
      expect(received).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
      expect(JSON.parse(received.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code });
      expect(told).toEqual([code]);
    },
  );
});
