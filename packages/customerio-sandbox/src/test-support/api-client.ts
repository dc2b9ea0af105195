import { Buffer } from 'node:buffer';

interface ResponseBody {
  identifiers: unknown[] | null;
  ids: string[] | null;
  next: string;
  customers: unknown[];
  optouts: unknown[];
  errors: unknown[];
  meta: { errors: unknown[] };
}

export interface ClientResponse {
  status: number;
  headers: Headers;
  /** The fields that tests read; which of them exist depends on the request. */
  body: ResponseBody;
}

interface Credentials {
  siteId: string;
  trackApiKey: string;
  appApiKey: string;
}

/** Plain HTTP requests with a workspace's credentials. */
export function apiClient(url: string, { siteId, trackApiKey, appApiKey }: Credentials) {
  const basic = `Basic ${Buffer.from(`${siteId}:${trackApiKey}`).toString('base64')}`;
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    authorization?: string,
  ): Promise<ClientResponse> => {
    const credentials = authorization ?? (path.startsWith('/api/') ? basic : `Bearer ${appApiKey}`);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: credentials, 'content-type': 'application/json' },
      redirect: 'manual',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body: parsed as ResponseBody };
  };
  return {
    call,
    search: (filter: unknown, query = '') => call('POST', `/v1/customers${query}`, { filter }),
    attributes: (ids: unknown) => call('POST', '/v1/customers/attributes?id_type=cio_id', { ids }),
    entity: (item: unknown) => call('POST', '/api/v2/entity', item),
    batch: (items: unknown[]) => call('POST', '/api/v2/batch', { batch: items }),
    identifyV1: (identifier: string, body: unknown) => call('PUT', `/api/v1/customers/${identifier}`, body),
  };
}

export const phoneIs = (value: string) => ({ attribute: { field: 'phone', operator: 'eq', value } });

/** A v2 identify item, in the form that this system writes. */
export const identify = (
  identifiers: Record<string, unknown>,
  attributes: Record<string, unknown>,
  timestamp?: unknown,
) => ({
  type: 'person',
  action: 'identify',
  identifiers,
  attributes,
  ...(timestamp !== undefined && { timestamp }),
});
