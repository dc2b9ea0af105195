export { AUTH_TOKEN, MESSAGES, PUBLIC_URL, STUDIO_TOKEN, System, inParallel, type Running } from './system';
