import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listen } from './listen';
import { capConnections, type ClosedReason } from './connection-cap';

const GET = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n';

/** Checks in each turn of the event loop until there is a value. */
async function waitFor<Value>(check: () => Value | Promise<Value>): Promise<NonNullable<Value>> {
  for (;;) {
    const value = await check();
    if (value) return value;
    await new Promise(setImmediate);
  }
}

let server: Server;
let reasons: ClosedReason[];
let sockets: Socket[];

/** @param graceMs by default the order counts from the start */
async function start(limit: number, listener: RequestListener, graceMs = 0): Promise<void> {
  server = createServer(listener);
  reasons = [];
  sockets = [];
  capConnections(server, limit, (reason) => reasons.push(reason), graceMs);
  await listen(server, { port: 0 });
}

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

/** A client's connection that the server has accepted. */
async function open(): Promise<Socket> {
  const accepted = once(server, 'connection');
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  sockets.push(socket);
  await accepted;
  return socket;
}

const opened = async (count: number): Promise<Socket[]> => {
  const all = [];
  for (let n = 0; n < count; n++) all.push(await open());
  return all;
};

/** Sends a request. Resolves once the server has its head. */
async function send(socket: Socket | undefined, text: string): Promise<void> {
  const arrived = once(server, 'request');
  socket?.write(text);
  await arrived;
}

/** Sends a request and resolves once it is answered. */
async function exchange(socket: Socket | undefined): Promise<void> {
  const arrived = once(server, 'request') as Promise<[unknown, ServerResponse]>;
  socket?.write(GET);
  const [, response] = await arrived;
  if (!response.closed) await once(response, 'close');
}

/** The positions of the connections that are closed, once there are that many. */
const closed = (count: number): Promise<number[]> =>
  waitFor(() => {
    const gone = sockets.flatMap(({ closed: gone }, position) => (gone ? [position] : []));
    return gone.length >= count ? gone : undefined;
  });

const answerAtOnce: RequestListener = (_, response) => response.end();
const neverAnswer: RequestListener = (request) => void request.resume();

describe('at the cap, a new connection', () => {
  it('takes the place of the one that is idle for longest', async () => {
    await start(3, answerAtOnce);
    await opened(5);
    expect(await closed(2)).toEqual([0, 1]);
    expect(reasons).toEqual(['idle', 'idle']);
  });

  it('takes the place of one that is idle since its last answer only after those idle for longer', async () => {
    await start(3, answerAtOnce);
    const [first] = await opened(3);
    await exchange(first);
    await opened(2);
    expect(await closed(2)).toEqual([1, 2]);
    await open();
    expect(await closed(3)).toEqual([0, 1, 2]);
  });

  it('never takes the place of one that waits for its answer, but that of a younger idle one', async () => {
    await start(2, neverAnswer);
    const [first] = await opened(2);
    await send(first, GET);
    await opened(2);
    expect(await closed(2)).toEqual([1, 2]);
  });

  it('takes the place of one that has sent only a part of a head', async () => {
    await start(2, neverAnswer);
    const [first, second] = await opened(2);
    await send(second, GET);
    first?.write('POST / HTTP/1.1\r\nx-slow: ');
    await open();
    expect(await closed(1)).toEqual([0]);
  });

  it('takes no place of one whose first bytes may be under way, though all others have sent some', async () => {
    await start(3, neverAnswer, 60_000);
    const [first, second] = await opened(3);
    await send(first, `${POST}b`);
    await send(second, `${POST}b`);
    await open();
    expect(await closed(1)).toEqual([0]);
  });

  it('takes the place of the one whose body stands still for longest', async () => {
    await start(3, neverAnswer);
    const [first, second, third] = await opened(3);
    await send(first, `${POST}body`);
    await send(third, `${POST}bo`);
    await send(second, `${POST}bo`);
    await open();
    expect(await closed(1)).toEqual([2]);
    expect(reasons).toEqual(['slow']);
  });

  it('takes the place of an idle one before that of one whose body arrives', async () => {
    await start(2, neverAnswer);
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const first = await open();
    const [peer] = await accepted;
    await send(first, `${POST}b`);
    await open();
    const { bytesRead } = peer;
    first.write('o');
    await waitFor(() => peer.bytesRead > bytesRead);
    await open();
    expect(await closed(1)).toEqual([1]);
  });

  it('is refused when all others wait for their answers, until one has its answer', async () => {
    const responses: ServerResponse[] = [];
    await start(2, (_, response) => void responses.push(response));
    for (const socket of await opened(2)) await send(socket, GET);
    await open();
    expect(await closed(1)).toEqual([2]);
    expect(reasons).toEqual(['refused']);
    const [first] = responses;
    first?.end();
    if (first) await once(first, 'close');
    await open();
    expect(await closed(2)).toEqual([0, 2]);
    expect(reasons).toEqual(['refused', 'idle']);
  });

  it('counts a connection with several requests as idle after the last answer', async () => {
    const responses: ServerResponse[] = [];
    await start(1, (_, response) => void responses.push(response));
    await send(await open(), GET + GET);
    await waitFor(() => responses.length === 2);
    responses[0]?.end();
    if (responses[0]) await once(responses[0], 'close');
    await open();
    expect(await closed(1)).toEqual([1]);
    responses[1]?.end();
    if (responses[1]) await once(responses[1], 'close');
    await open();
    expect(await closed(2)).toEqual([0, 1]);
  });

  it('takes the place of none once others are gone by themselves', async () => {
    await start(2, answerAtOnce);
    for (const socket of await opened(2)) {
      socket.destroy();
    }
    await waitFor(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count === 0))));
    await opened(2);
    expect(reasons).toEqual([]);
  });
});
