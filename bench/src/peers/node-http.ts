import { createServer } from 'node:http';

/* Node's HTTP server without any work: the body is not read. */
createServer((_, response) => {
  response.writeHead(200).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
