import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';

/** The cookie of a session. Over https it is bound to the host (`__Host-`), so that no sibling site can set it. */
export class SessionCookie {
  private readonly name: string;

  /** @param url where browsers open the console, beside this machine */
  constructor(private readonly url: string | undefined) {
    this.name = this.secure ? '__Host-optout-console' : 'optout-console';
  }

  read({ headers }: IncomingMessage): string | undefined {
    for (const pair of (headers.cookie ?? '').split(';')) {
      const [name, value] = pair.trim().split('=');
      if (name === this.name && /^[\w-]{43}$/.test(value ?? '')) return value;
    }
    return undefined;
  }

  set(response: Response, id: string): void {
    response.cookie(this.name, id, this.options);
  }

  clear(response: Response): void {
    response.clearCookie(this.name, this.options);
  }

  /** Lax, since a view's URL may be opened from a chat: a GET changes nothing. */
  private get options() {
    return { httpOnly: true, secure: this.secure, sameSite: 'lax', path: '/' } as const;
  }

  private get secure(): boolean {
    return this.url?.startsWith('https:') ?? false;
  }
}
