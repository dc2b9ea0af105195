export { createLogger, type Logger } from './logger';
export { scrub } from './scrub';
