import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';

/** What axios sends a request with. */
export interface Transport {
  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest;
}

/**
 * A transport for axios (`transport`) that sends nothing of a request, not even its headers, before it has a connection and
 * `ready` has resolved. On a connection that is reused, `ready` is called and the request is sent without waiting for
 * another turn of the event loop. When `ready` rejects, the request fails and nothing is sent.
 */
export function holdUntil(ready: () => Promise<void>): Transport {
  return {
    request(options, onResponse) {
      const send = options.protocol === 'https:' ? https.request : http.request;
      const request = send(options, onResponse);
      const chunks: Buffer[] = [];
      const end = request.end.bind(request);
      request.write = (chunk: string | Uint8Array): boolean => {
        chunks.push(Buffer.from(chunk as Uint8Array));
        return true;
      };
      request.end = (): ClientRequest => {
        onceConnected(request, () => {
          ready().then(
            () => {
              Reflect.deleteProperty(request, 'write');
              if (request.destroyed) return;
              if (chunks.length === 0) end();
              else end(Buffer.concat(chunks));
            },
            (error: unknown) => request.destroy(error instanceof Error ? error : new Error(String(error))),
          );
        });
        return request;
      };
      return request;
    },
  };
}

function onceConnected(request: ClientRequest, connected: () => void): void {
  const onSocket = (socket: NonNullable<ClientRequest['socket']>): void => {
    const shakesHands = 'secureConnecting' in socket && socket.secureConnecting === true;
    if (!socket.connecting && !shakesHands) connected();
    // A TLS socket is connected before its handshake is complete.
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
  };
  if (request.socket) onSocket(request.socket);
  else request.once('socket', onSocket);
}
