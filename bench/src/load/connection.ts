import { connect, type Socket } from 'node:net';

/** A keep-alive connection that carries one request at a time. Reconnects when the server has closed it. */
export class Connection {
  private socket: Socket | undefined;
  private received = '';
  private answered: ((status: number) => void) | undefined;

  constructor(private readonly port: number) {}

  /** Sends a complete request. Calls `answered` with the status of the response, 0 after a broken connection. */
  send(request: Buffer, answered: (status: number) => void): void {
    this.answered = answered;
    this.socket ??= this.open();
    this.socket.write(request);
  }

  close(): void {
    this.socket?.destroy();
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1');
      const answer = readAnswer(this.received);
      if (!answer) return;
      this.received = '';
      if (answer.closes) this.drop(socket);
      this.finish(answer.status);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.drop(socket);
      this.finish(0);
    });
    return socket;
  }

  private drop(socket: Socket): void {
    this.socket = undefined;
    socket.destroy();
  }

  private finish(status: number): void {
    const { answered } = this;
    this.answered = undefined;
    answered?.(status);
  }
}

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';

/** An HTTP response. */
export interface Answer {
  readonly status: number;
  /** Whether the server closes the connection after it. */
  readonly closes: boolean;
}

/**
 * Parses a response from `text`, one character per byte; undefined while it is incomplete. Supports what servers answer a
 * webhook with: a length, chunks or no body. Nothing follows the response, since requests are not pipelined.
 */
export function readAnswer(text: string): Answer | undefined {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const status = Number(text.slice(9, 12));
  const head = text.slice(0, headEnd);
  const bodyLength = text.length - headEnd - HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const whole =
    status === 204 || (length === undefined ? text.endsWith(LAST_CHUNK) : bodyLength >= Number(length));
  return whole ? { status, closes: /\r\nconnection: *close/i.test(head) } : undefined;
}
