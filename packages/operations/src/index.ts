export { AuditAction, AuditTrail, type AuditEntry } from './audit/audit-trail';
export { backfill } from './backfill/backfill';
export type { BackfillCounts } from './backfill/backfill-pages';
export { configSummary, configWarnings } from './config-check/summary';
export { storedNameWarnings } from './config-check/stored-names';
export { readSharedConfig } from './config/config';
export { readTwilioApiUrl } from './config/twilio-api-url';
export { discardDeadLetters } from './dead-letters/discard';
export { getDeadLetter, listDeadLetters, selectDeadLetters, type Selection } from './dead-letters/find';
export { replayOutcomes, type ReplayOutcome } from './dead-letters/outcome';
export { previewReplay, type ReplayForecast } from './dead-letters/preview';
export { previewResolved, resolveDeadLetter } from './dead-letters/resolve';
export { cancelReplay, followReplay, getReplay, startReplay } from './dead-letters/replay';
export { OperationError } from './operation-error';
export { MAX_OPT_OUT_PAGE, everyOptOut, listOptOuts, type OptOut, type OptOutFilter } from './optouts/list';
export { findSubject, queuedDestinations } from './optouts/show';
export { parsePerson } from './optouts/subject';
export { overrideConsent } from './overrides/override';
export { applyOverride, parseOverride, type OverrideRequest } from './overrides/override-request';
export { completeReview, getReviewEntry, stopFromReview } from './review/review';
export { withStores, type Stores } from './stores';
export { workspaceConfigOf, workspaceOf } from './accounts';
export { withAppApi } from './verify/app-api';
export { followForcedSync, requestForcedSync, type FollowedSync } from './verify/forced-sync';
export { allowOptIns, previewOptIns } from './verify/all-opt-ins';
export { cancelPass, followPass, isPassOver, readPass, requestPass, uncorrected } from './verify/passes';
export { everyDrifted, listDrifted, type DriftedOptOut, type DriftedQuery } from './verify/drifted';
export { optInCandidates, requestOptIns } from './verify/opt-ins';
export {
  verifyPhone,
  type PersonVerdict,
  type Verification,
  type VerifiedPerson,
} from './verify/verify-phone';
