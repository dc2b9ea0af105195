import { once } from 'node:events';
import { connect } from 'node:net';
import { Registry } from 'prom-client';
import { startAdminServer } from './admin-server';

const ok = (): Promise<{ ok: boolean }> => Promise.resolve({ ok: true });

let server: Awaited<ReturnType<typeof startAdminServer>>;
afterEach(() => server.close());

async function start(host?: string): Promise<void> {
  server = await startAdminServer({ port: 0, host, registry: new Registry(), healthz: ok, readyz: ok });
}

/** Whether the port accepts connections at this address. */
async function accepts(address: string): Promise<boolean> {
  const socket = connect(server.port, address);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('the admin server', () => {
  it('listens on the given address only', async () => {
    await start('127.0.0.1');
    expect(await accepts('127.0.0.1')).toBe(true);
    // All of 127.0.0.0/8 is this machine on Linux; elsewhere only 127.0.0.1 is configured.
    expect(await accepts('127.0.0.2')).toBe(false);
  });

  it('rejects an address that is not of this machine', async () => {
    await expect(start('192.0.2.1')).rejects.toThrow('EADDRNOTAVAIL');
  });

  it('ends a request that does not arrive completely', async () => {
    await start('127.0.0.1');
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n');
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});
