export { assess, type Assessment, type AssessProgress } from './assess/assess';
export { readAssessConfig } from './assess/config';
export { requireAuthor } from './audit/author';
export { AuditAction, AuditTrail, type AuditEntry } from './audit/audit-trail';
export { backfill } from './backfill/backfill';
export type { BackfillCounts } from './backfill/backfill-pages';
export { configSummary, configWarnings } from './config-check/summary';
export { storedNameWarnings } from './config-check/stored-names';
export { readSharedConfig } from './config/config';
export { readProofKey } from './config/proof-key';
export { readTwilioApiUrl } from './config/twilio-api-url';
export { parseItems, type ConsentItem, type InvalidItem, type ParsedItems } from './consent/consent-item';
export { consentTarget, type ConsentTarget } from './consent/consent-target';
export { optedOutByHand, type OptedOutPage } from './consent/from-customerio';
export { planConsents, type PlannedItem } from './consent/plan';
export { pushConsents, type PushedItem } from './consent/push';
export { readConsentCsv } from './consent/read-csv';
export { discardDeadLetters } from './dead-letters/discard';
export { getDeadLetter, listDeadLetters, selectDeadLetters, type Selection } from './dead-letters/find';
export { replayOutcomes, type ReplayOutcome } from './dead-letters/outcome';
export { previewReplay, type ReplayForecast } from './dead-letters/preview';
export { previewResolved, resolveDeadLetter } from './dead-letters/resolve';
export { cancelReplay, followReplay, getReplay, startReplay } from './dead-letters/replay';
export { OperationError } from './operation-error';
export { MAX_OPT_OUT_PAGE, everyOptOut, listOptOuts, type OptOut, type OptOutFilter } from './optouts/list';
export { findSubject, queuedDestinations } from './optouts/show';
export { parsePerson, parseSender } from './optouts/subject';
export { overrideConsent } from './overrides/override';
export { applyOverride, parseOverride, type OverrideRequest } from './overrides/override-request';
export { collectProof } from './proof/collect-proof';
export { ProofRecords } from './proof/proof-records';
export { checkProof, notUnderstood, sealProof, type SealedProof } from './proof/seal';
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
