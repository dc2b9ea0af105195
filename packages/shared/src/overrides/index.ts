export { OverrideError, overrideConsent, type Override } from './override';
