export { noAnswer, createHttpClient, parseRetryAfter, type HttpClient } from './client';
