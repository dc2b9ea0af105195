import type { RequestHandler } from 'express';

const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  // Not no-referrer, with which browsers send `Origin: null` with a form.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

/**
 * Answers only what a browser on this machine asks of this page. A site that points a name of its own at 127.0.0.1 (DNS
 * rebinding) sends that name as `Host`, and gets 421; a form of another site sends its own `Origin`, and gets 403.
 */
export const requestGuard: RequestHandler = (request, response, next) => {
  response.set(SECURITY_HEADERS);
  const { host = '', origin } = request.headers;
  const port = request.socket.localPort;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    response.status(421).type('text').send('Open the address that npm start prints.\n');
  } else if (request.method === 'POST' && origin !== `http://${host}`) {
    response.status(403).type('text').send('Only the form of this page sends messages.\n');
  } else {
    next();
  }
};
