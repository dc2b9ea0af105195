export { noAnswer, openAxios, parseRetryAfter, type OpenAxios } from './client';
