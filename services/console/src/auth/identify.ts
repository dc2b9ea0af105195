import type { Request, Response } from 'express';
import proxyaddr from 'proxy-addr';
import type { ConsoleAuth } from '@optout-sync/shared/config';
import { ConsoleError } from '../http/console-error';
import type { User } from '../http/route';
import type { SessionCookie } from './session-cookie';
import { newSessionId, type Sessions } from './sessions';

/** Who asks, and the session that the forms of the page belong to. */
interface SignedIn {
  readonly user: User;
  readonly sessionId: string;
}

/** Returns who sent a request; `undefined` where they have to log in. @throws {ConsoleError} for who may not come in at all */
export type Identify = (request: Request, response: Response) => Promise<SignedIn | undefined>;

/** Returns how the console knows who asks. */
export function createIdentify(auth: ConsoleAuth, sessions: Sessions, cookie: SessionCookie): Identify {
  const bySession = (request: Request, response: Response): string => {
    const present = cookie.read(request);
    if (present !== undefined) return present;
    const id = newSessionId();
    cookie.set(response, id);
    return id;
  };
  switch (auth.kind) {
    case 'none':
      return (request, response) =>
        Promise.resolve({
          user: { name: 'local', role: 'operator' },
          sessionId: bySession(request, response),
        });
    case 'password':
      return async (request) => {
        const sessionId = cookie.read(request);
        if (sessionId === undefined) return undefined;
        const name = await sessions.read(sessionId, (one) => auth.users.get(one)?.hash);
        const user = name === undefined ? undefined : auth.users.get(name);
        return user && { user: { name: user.name, role: user.role }, sessionId };
      };
    case 'proxy': {
      const isTrusted = proxyaddr.compile([...auth.networks]);
      return (request, response) => {
        const user = userOfProxy(auth, request, isTrusted);
        return Promise.resolve({ user, sessionId: bySession(request, response) });
      };
    }
    default:
      return auth satisfies never;
  }
}

/** Only the proxy itself is asked: a header that passed through another one could be anybody's. */
function userOfProxy(
  { header, users }: Extract<ConsoleAuth, { kind: 'proxy' }>,
  { socket, headers }: Request,
  isTrusted: (address: string, hop: number) => boolean,
): User {
  if (!isTrusted(socket.remoteAddress ?? '', 0)) {
    throw new ConsoleError(403, 'proxy_unknown', 'open the console through its proxy');
  }
  const name = headers[header.toLowerCase()];
  const user = typeof name === 'string' ? users.get(name) : undefined;
  if (user) return user;
  throw new ConsoleError(403, 'user_unknown', 'you are not in CONSOLE_USERS; ask who runs this console');
}
