export { LinkKey } from './link-key';
export { openLink, sealLink, type Link } from './sealed-link';
