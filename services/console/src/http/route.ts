import type { VNode } from 'preact';
import { CONSOLE_ROLES, type ConsoleRole, type ConsoleUser } from '@optout-sync/shared/config';
import type { ConsoleContext } from '../context';

export type Role = ConsoleRole;
export type User = ConsoleUser;

/** The pages in the navigation. */
export type NavItem =
  | 'overview'
  | 'opt-outs'
  | 'sent-after'
  | 'review'
  | 'dead-letters'
  | 'runs'
  | 'drift'
  | 'workspaces'
  | 'audit'
  | 'settings';

/** A request as a handler sees it: who asks is known, may do it, and the CSRF token of a form is checked. */
export interface ConsoleRequest {
  readonly context: ConsoleContext;
  readonly user: User;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The fields of a POST; empty for a GET. */
  readonly form: URLSearchParams;
  /** For `CsrfField`. */
  readonly csrf: string;
}

/** What a handler answers. Errors are thrown: an `OperationError` becomes a page with its code and what to do. */
export type Answer =
  /** A whole page. */
  | {
      readonly page: { readonly title: string; readonly body: VNode; readonly active: NavItem };
      readonly status?: number;
      /** In seconds; see `DescribedError`. */
      readonly retryAfter?: number | undefined;
    }
  /** Part of a page, which htmx puts into it. */
  | { readonly part: VNode }
  /** After an action: 303 to a path of this console. The next page shows the notice once. */
  | { readonly redirect: string; readonly notice?: string }
  | { readonly download: { readonly name: string; readonly type: string; readonly body: string } }
  /** Server-sent events. The stream ends when the promise settles; `signal` aborts when the client leaves or the console stops. */
  | { readonly stream: (send: (event: string, data: string) => void, signal: AbortSignal) => Promise<void> };

/** A route of the console. The list of all is `routes.ts`; nothing else is served but the log-in, the assets and the API. */
export interface ConsoleRoute {
  /** A GET never changes anything. */
  readonly method: 'GET' | 'POST';
  /** A path as Express 5 writes it. It never holds a phone. */
  readonly path: string;
  /** The least role. */
  readonly role: Role;
  /** `action` for every POST that changes something; a POST that only looks, such as a search, is a `page`. */
  readonly kind: 'page' | 'part' | 'download' | 'stream' | 'action';
  readonly handle: (request: ConsoleRequest) => Promise<Answer>;
}

/** Whether a user of this role may do what needs `least`. */
export const mayDo = (role: Role, least: Role): boolean =>
  CONSOLE_ROLES.indexOf(role) >= CONSOLE_ROLES.indexOf(least);
