export { STORED_FORMS, formOfKey } from './stored-forms';
