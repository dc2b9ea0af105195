export { createHttpClient, noAnswer, parseRetryAfter, type HttpClient } from './client';
