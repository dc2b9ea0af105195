export { ReviewEntry, ReviewList } from './review-list';
