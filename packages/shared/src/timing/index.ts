export { seldom } from './seldom';
export { within } from './within';
