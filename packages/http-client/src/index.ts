export { createHttpClient, isTooLong, noAnswer, parseRetryAfter, type HttpClient } from './client';
export { holdUntil } from './hold-until';
