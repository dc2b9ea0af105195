export { findWording } from './find-wording';
