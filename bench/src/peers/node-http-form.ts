import { createServer } from 'node:http';
import { parse } from 'node:querystring';

/* Node's HTTP server with a form parser and nothing else. */
createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    parse(Buffer.concat(chunks).toString('utf8'));
    response.writeHead(200).end();
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
