import { createServer } from 'node:http';
import { parse } from 'node:querystring';
import { Queue } from 'bullmq';
import { validateRequest } from 'twilio';

/* The naive service without Express: close to the minimum cost of a verified and durable webhook with these packages. */
const { PORT, REDIS_URL = '', AUTH_TOKEN = '', PUBLIC_URL = '' } = process.env;

const queue = new Queue('inbound-events', { connection: { url: REDIS_URL }, prefix: 'naive-node-http' });
createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { url = '' } = request;
    const params = parse(Buffer.concat(chunks).toString('utf8'));
    const signature = String(request.headers['x-twilio-signature']);
    if (request.method === 'GET') {
      response.writeHead(200).end();
      return;
    }
    if (!validateRequest(AUTH_TOKEN, signature, PUBLIC_URL + url, params)) {
      response.writeHead(403).end();
      return;
    }
    const { MessageSid, From, To, Body, OptOutType, MessagingServiceSid } = params;
    void queue.add('message', { MessageSid, From, To, Body, OptOutType, MessagingServiceSid }).then(() => {
      response.writeHead(200, { 'content-type': 'text/xml' }).end('<Response/>');
    });
  });
}).listen(Number(PORT), '127.0.0.1');
