export { createHttpClient, noAnswer, parseRetryAfter, type HttpClient } from './client';
export { holdUntil } from './hold-until';
