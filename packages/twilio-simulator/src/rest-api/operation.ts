import type { AccountState } from './account-state';

/** A request whose credentials were accepted. */
export interface ApiRequest {
  readonly account: AccountState;
  /** The base URL of the API, which links start with. */
  readonly origin: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The body, a form. */
  readonly form: URLSearchParams;
  /** The parts of the path that the pattern captures. */
  readonly ids: readonly string[];
}

export interface ApiAnswer {
  readonly status: number;
  /** Sent as JSON; missing for 204. */
  readonly content?: unknown;
}

/** One operation of the API. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Of the whole path. The SID of the account in a path of the 2010 API is no capture. */
  readonly path: RegExp;
  /** Requests a minute; without it there is no limit of the operation's own. */
  readonly perMinute?: number;
  /** @throws {ApiError} */
  run(request: ApiRequest): ApiAnswer;
}

/** A resource without a field that the API does not show. */
export function without<Resource extends object, Field extends keyof Resource>(
  resource: Resource,
  field: Field,
): Omit<Resource, Field> {
  return Object.fromEntries(Object.entries(resource).filter(([name]) => name !== field)) as Omit<
    Resource,
    Field
  >;
}

export const ok = (content: unknown): ApiAnswer => ({ status: 200, content });
export const created = (content: unknown): ApiAnswer => ({ status: 201, content });
export const deleted: ApiAnswer = { status: 204 };
