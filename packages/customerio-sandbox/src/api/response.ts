/** A response to send. `body` is sent as JSON, a string unchanged. */
export interface ApiResponse {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The App API's error response. `status` in its body is a string. */
export function appError(status: number, detail: string, headers?: Record<string, string>): ApiResponse {
  return { status, ...(headers && { headers }), body: { errors: [{ detail, status: String(status) }] } };
}

/** The Track API's response to a request that is rejected as a whole. */
export function trackError(status: number, message: string, headers?: Record<string, string>): ApiResponse {
  return { status, ...(headers && { headers }), body: { meta: { errors: [message] } } };
}

export const accepted: ApiResponse = { status: 200, body: {} };
