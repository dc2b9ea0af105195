export { readStoredNames, unservedNames, type StoredNames } from './stored-names';
