import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { parse } from 'node:querystring';
import express from 'express';

/* Servers that store nothing; the first argument names one. */
const { PORT, WEBHOOK_PATH = '' } = process.env;

const SERVERS: Readonly<Record<string, () => void>> = {
  /**
   * The fastest possible server: answers everything without reading it. Not a peer, but the proof that the load is faster
   * than every peer.
   */
  'canned-tcp'() {
    const answer = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    createTcpServer({ noDelay: true }, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write(answer));
    }).listen(Number(PORT), '127.0.0.1');
  },

  /** Node's HTTP server without any work: the body is not read. */
  'node-http'() {
    createServer((_, response) => {
      response.writeHead(200).end();
    }).listen(Number(PORT), '127.0.0.1');
  },

  /** Node's HTTP server with a form parser and nothing else. */
  'node-http-form'() {
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        parse(Buffer.concat(chunks).toString('utf8'));
        response.writeHead(200).end();
      });
    }).listen(Number(PORT), '127.0.0.1');
  },

  /** Express with its form parser and nothing else. */
  'express-form'() {
    const app = express();
    app.use(express.urlencoded({ extended: false }));
    app.get('/healthz', (_, response) => void response.sendStatus(200));
    app.post(WEBHOOK_PATH, (_, response) => void response.sendStatus(200));
    app.listen(Number(PORT), '127.0.0.1');
  },
};

SERVERS[process.argv[2] ?? '']?.();
