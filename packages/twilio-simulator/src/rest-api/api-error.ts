/** An error in the form of Twilio's REST API (https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  get body() {
    const { code, message, status } = this;
    return { code, message, more_info: `https://www.twilio.com/docs/errors/${String(code)}`, status };
  }
}

export const unauthorized = () => new ApiError(401, 20003, 'Authenticate');

/** The answer to a restricted API key without the permission (https://www.twilio.com/docs/iam/api-keys/restricted-api-keys). */
export const forbidden = () => new ApiError(403, 70051, 'Authorization denied: the key lacks the permission');

export const tooManyRequests = () => new ApiError(429, 20429, 'Too Many Requests');

export const internalError = () => new ApiError(500, 20500, 'Internal Server Error');

export const notFound = (path: string) =>
  new ApiError(404, 20404, `The requested resource ${path} was not found`);

export const invalidParameter = (message: string) => new ApiError(400, 20001, message);
