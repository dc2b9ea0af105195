/** What to answer. `body` is sent as JSON, a string as it is. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The App API's error body; its `status` is a string. */
export function appError(status: number, detail: string, headers?: Record<string, string>): Answer {
  return { status, ...(headers && { headers }), body: { errors: [{ detail, status: String(status) }] } };
}

/** The Track API's error body for a request refused as a whole. */
export function trackError(status: number, message: string, headers?: Record<string, string>): Answer {
  return { status, ...(headers && { headers }), body: { meta: { errors: [message] } } };
}

export const accepted: Answer = { status: 200, body: {} };
