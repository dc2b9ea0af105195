import { createServer, type AddressInfo, type Server } from 'node:net';
import { choosePort } from './choose-port';

let taken: Server;
let port: number;
beforeEach(async () => {
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, resolve));
  port = (taken.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => taken.close(resolve)));

test('another port takes the place of a default one that is taken, and that is said', async () => {
  const said: string[] = [];
  const chosen = await choosePort({ variable: 'INGEST_PORT', port, asked: false }, (line) => said.push(line));
  expect(chosen).not.toBe(port);
  expect(said).toEqual([expect.stringMatching(`port ${port} is taken: using ${chosen}.*INGEST_PORT`)]);
});

test('a port that was asked for and is taken is an error that names both', async () => {
  const choosing = choosePort({ variable: 'INGEST_PORT', port, asked: true }, () => undefined);
  await expect(choosing).rejects.toThrow(`INGEST_PORT: port ${port} is taken`);
});

test('a free port is used without a word', async () => {
  await new Promise((resolve) => taken.close(resolve));
  const said: string[] = [];
  expect(await choosePort({ variable: 'INGEST_PORT', port, asked: true }, (line) => said.push(line))).toBe(
    port,
  );
  expect(said).toEqual([]);
});
