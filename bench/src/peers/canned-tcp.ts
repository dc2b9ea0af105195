import { createServer } from 'node:net';

/*
 * The fastest possible server: answers everything without reading it. Not a peer, but the proof that the load is faster than
 * every peer.
 */
const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');

createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', () => socket.write(ANSWER));
}).listen(Number(process.env.PORT), '127.0.0.1');
