import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@optout-sync/local-runtime/process';
import { TcpProxy } from './tcp-proxy';

let server: Server;
let proxy: TcpProxy;
let clients: Client[];
/** The bytes that reached the server over all connections. */
let arrived: string;
/** How each connection ended on the server's side. */
let ends: string[];

interface Client {
  readonly socket: Socket;
  /** The bytes that came back. */
  received: string;
  closed: string | undefined;
}

beforeEach(async () => {
  [arrived, clients] = ['', []];
  const own: string[] = (ends = []);
  server = createServer((socket) => {
    let error = 'closed';
    socket.on('error', ({ code }: NodeJS.ErrnoException) => (error = code ?? 'error'));
    socket.on('close', () => own.push(error));
    socket.on('data', (bytes) => {
      arrived += bytes.toString();
      socket.write(`<${bytes.toString()}>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await TcpProxy.start({ port: (server.address() as AddressInfo).port });
});
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  await proxy.stop();
  server.close();
});

async function client(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1');
  const made: Client = { socket, received: '', closed: undefined };
  let how = 'closed';
  socket.on('error', ({ code }: NodeJS.ErrnoException) => (how = code ?? 'error'));
  socket.on('close', () => (made.closed = how));
  socket.on('data', (bytes) => (made.received += bytes.toString()));
  await once(socket, 'connect');
  clients.push(made);
  return made;
}

const received = (who: Client, what: string) => waitFor(() => who.received.endsWith(what), { what });
/** Long enough for bytes to arrive on one machine. */
const aWhile = () => delay(60);

describe('the TCP proxy', () => {
  it('forwards bytes and closes', async () => {
    const one = await client();
    one.socket.write('a');
    await received(one, '<a>');
    one.socket.end();
    await waitFor(() => ends.length === 1 && one.closed === 'closed', { what: 'both ends to close' });
    expect(ends).toEqual(['closed']);
    await waitFor(() => proxy.connections === 0, { what: 'the link to go' });
  });

  it('forwards more bytes than the buffers between hold', async () => {
    const one = await client();
    const much = 'x'.repeat(5_000_000);
    one.socket.write(much);
    await waitFor(() => arrived.length === much.length, { what: 'all of it' });
  });

  it('resets a client when nothing listens upstream', async () => {
    const gone = await TcpProxy.start({ port: 1 });
    const socket = connect(gone.port, '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    await gone.stop();
  });

  it('in a blackhole sends nothing to either side, and delivers the delayed bytes once it is healed', async () => {
    const old = await client();
    old.socket.write('a');
    await received(old, '<a>');
    proxy.blackhole();
    old.socket.write('b');
    const young = await client();
    young.socket.write('c');
    await aWhile();
    expect([arrived, old.received, young.received, old.closed, young.closed]).toEqual([
      'a',
      '<a>',
      '',
      undefined,
      undefined,
    ]);
    proxy.heal();
    await Promise.all([received(old, '<b>'), received(young, '<c>')]);
  });

  it('in a blackhole hides that a client has closed its connection', async () => {
    const one = await client();
    one.socket.write('a');
    await received(one, '<a>');
    proxy.blackhole();
    one.socket.destroy();
    await aWhile();
    expect(ends).toEqual([]);
    proxy.heal();
    await waitFor(() => ends.length === 1, { what: 'the closing to arrive' });
  });

  it('strands open connections permanently, while new ones work', async () => {
    const old = await client();
    old.socket.write('a');
    await received(old, '<a>');
    proxy.strandAll();
    old.socket.write('b');
    const young = await client();
    young.socket.write('c');
    await received(young, '<c>');
    proxy.heal();
    await aWhile();
    expect([arrived, old.received, old.closed]).toEqual(['ac', '<a>', undefined]);
  });

  it('resets all connections on both sides', async () => {
    const one = await client();
    one.socket.write('a');
    await received(one, '<a>');
    proxy.resetAll();
    await waitFor(() => one.closed !== undefined && ends.length === 1, { what: 'both resets' });
    expect([one.closed, ...ends]).toEqual(['ECONNRESET', 'ECONNRESET']);
  });

  it('resets all connections, also silent ones, and refuses new ones until it accepts again on the same port', async () => {
    const [one, port] = [await client(), proxy.port];
    proxy.strandAll();
    await proxy.refuse();
    await waitFor(() => one.closed, { what: 'the reset' });
    expect(one.closed).toBe('ECONNRESET');
    await expect(client()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.accept();
    expect(proxy.port).toBe(port);
    const two = await client();
    two.socket.write('a');
    await received(two, '<a>');
  });

  it('delays and throttles bytes', async () => {
    const one = await client();
    proxy.delay(100);
    let at = performance.now();
    one.socket.write('a');
    await received(one, '<a>');
    expect(performance.now() - at).toBeGreaterThan(190);
    proxy.heal();
    proxy.throttle(500);
    at = performance.now();
    one.socket.write('x'.repeat(100));
    await waitFor(() => arrived.length === 101, { what: 'the last byte' });
    expect(performance.now() - at).toBeGreaterThan(150);
  });

  it('closes a connection after a number of bytes, once', async () => {
    proxy.cutAfter(3);
    const one = await client();
    one.socket.write('abcdef');
    await waitFor(() => one.closed !== undefined, { what: 'the cut' });
    await waitFor(() => arrived === 'abc', { what: 'what was let through' });
    const next = await client();
    next.socket.write('ghijk');
    await received(next, '<ghijk>');
  });

  it('springs a trap on bytes that match across the border of two chunks', async () => {
    const one = await client();
    const trap = proxy.trap({ pattern: /se.ret/, then: 'pass' });
    const sprung = jest.fn();
    void trap.sprung.then(sprung);
    one.socket.write('a se');
    await received(one, '<a se>');
    expect(sprung).not.toHaveBeenCalled();
    one.socket.write('cret z');
    await trap.sprung;
    await received(one, '<cret z>');
  });

  it('discards the match and all that follows on that connection alone', async () => {
    const [one, other] = [await client(), await client()];
    const trap = proxy.trap({ pattern: /secret/, then: 'hold' });
    one.socket.write('before;secret');
    await trap.sprung;
    one.socket.write('after');
    other.socket.write('!');
    await received(other, '<!>');
    expect(arrived).toBe('before;!');
    expect(one.closed).toBeUndefined();
    one.socket.destroy();
    await waitFor(() => ends.length === 1, { what: 'the server to see the end' });
  });

  it('forwards a request and discards the answer', async () => {
    const one = await client();
    const trap = proxy.trap({ pattern: /secret/, then: 'hold_answer' });
    one.socket.write('secret');
    await trap.sprung;
    expect(arrived).toBe('secret');
    one.socket.write('more');
    await waitFor(() => arrived === 'secretmore', { what: 'the rest' });
    expect([one.received, one.closed]).toEqual(['', undefined]);
  });

  it('does not spring a removed trap', async () => {
    const one = await client();
    const trap = proxy.trap({ pattern: /secret/, then: 'hold' });
    trap.remove();
    one.socket.write('secret');
    await received(one, '<secret>');
  });
});
