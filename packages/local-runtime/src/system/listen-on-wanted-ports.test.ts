import { createServer, type AddressInfo, type Server } from 'node:net';
import { listenOnWantedPorts } from './listen-on-wanted-ports';

let taken: Server;
let port: number;
const servers: Server[] = [];
beforeEach(async () => {
  taken = await listen(0);
  port = (taken.address() as AddressInfo).port;
});
afterEach(() =>
  Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))),
);

async function listen(on: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(on, resolve));
  servers.push(server);
  return server;
}

/** A service that listens on its ports one after the other. */
async function start(ports: readonly number[]): Promise<{ ports: number[] }> {
  const bound: number[] = [];
  for (const each of ports) bound.push(((await listen(each)).address() as AddressInfo).port);
  return { ports: bound };
}

test('another port replaces a default one that is taken, and a line says so', async () => {
  const lines: string[] = [];
  const wanted = [
    { variable: 'INGEST_ADMIN_PORT', port: 0, configured: false },
    { variable: 'INGEST_PORT', port, configured: false },
  ];
  const { ports } = await listenOnWantedPorts(wanted, start, (line) => lines.push(line));
  expect(ports[1]).not.toBe(port);
  expect(lines).toEqual([expect.stringMatching(`port ${port} is taken: using ${ports[1]}.*INGEST_PORT`)]);
});

test('a configured port that is taken is an error that names variable and port', async () => {
  const wanted = [{ variable: 'INGEST_PORT', port, configured: true }];
  const listening = listenOnWantedPorts(wanted, start, () => undefined);
  await expect(listening).rejects.toThrow(`INGEST_PORT: port ${port} is taken`);
});

test('a free port is used without a line', async () => {
  await new Promise((resolve) => taken.close(resolve));
  const lines: string[] = [];
  const wanted = [{ variable: 'INGEST_PORT', port, configured: true }];
  expect(await listenOnWantedPorts(wanted, start, (line) => lines.push(line))).toEqual({ ports: [port] });
  expect(lines).toEqual([]);
});

test('any other failure to start is passed on', async () => {
  const wanted = [{ variable: 'INGEST_PORT', port, configured: false }];
  const failing = () => Promise.reject(new Error('ingest ended with exit code 78'));
  await expect(listenOnWantedPorts(wanted, failing, () => undefined)).rejects.toThrow('exit code 78');
});

test.each([':::8080', '127.0.0.1:8080', '::1:8080'])(
  'the taken port is found in the message for %s',
  async (address) => {
    const wanted = [{ variable: 'INGEST_PORT', port: 8080, configured: true }];
    const message = `listen EADDRINUSE: address already in use ${address}`;
    const taken = () => Promise.reject(new Error(`${message}\n{"msg":"${message}","port":1}`));
    await expect(listenOnWantedPorts(wanted, taken, () => undefined)).rejects.toThrow(
      'INGEST_PORT: port 8080 is taken',
    );
  },
);
