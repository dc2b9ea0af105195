export { ApiTokens, tokenExists, type ApiToken } from './api-tokens/api-tokens';
export { addApiToken, parseTokenRequest, revokeApiToken, tokenNotFound } from './api-tokens/change-tokens';
export { API_SCOPES, ApiScope } from './api-tokens/scopes';
export { assess, type Assessment, type AssessProgress } from './assess/assess';
export { readAssessConfig } from './assess/config';
export { requireAuthor, type Author } from './audit/author';
export { AuditAction, AuditTrail, type AuditEntry } from './audit/audit-trail';
export { backfill } from './backfill/backfill';
export type { BackfillCounts } from './backfill/backfill-pages';
export { configSummary, configWarnings, workspaceSummary } from './config-check/summary';
export { storedNameWarnings } from './config-check/stored-names';
export { readSharedConfig } from './config/config';
export { readProofKey } from './config/proof-key';
export { isPasswordOf } from './console-users/password-hash';
export { consoleUserEntry } from './console-users/user-entry';
export { parseItems, type ParsedItems } from './consent/consent-item';
export { consentTarget, type ConsentTarget } from './consent/consent-target';
export { optedOutByHand, type OptedOutPage } from './consent/from-customerio';
export { optedOutInLedger } from './consent/from-ledger';
export { planConsents, type PlannedItem } from './consent/plan';
export { pushConsents, type PushedItem } from './consent/push';
export { readConsentCsv } from './consent/read-csv';
export { browseDeadLetters, inspectDeadLetter, type BrowsedDeadLetters } from './dead-letters/browse';
export { discardDeadLetters, discardPreviewed } from './dead-letters/discard';
export { getDeadLetter, listDeadLetters, selectDeadLetters, type Selection } from './dead-letters/find';
export { isDeadAgain, replayOutcomes, type ReplayOutcome } from './dead-letters/outcome';
export { previewReplay, type ReplayForecast } from './dead-letters/preview';
export { previewSet, type PreviewedSet } from './dead-letters/previewed-set';
export { previewResolved, resolveDeadLetter } from './dead-letters/resolve';
export {
  cancelReplay,
  followOutcomes,
  followReplay,
  getReplay,
  replayPreviewed,
  startReplay,
} from './dead-letters/replay';
export { runDoctor } from './doctor/doctor';
export { AREAS, type Area, type Finding } from './doctor/finding';
export { FINDINGS } from './doctor/finding-codes';
export { erasePhone, previewErase, type ErasedCounts } from './erase/erase';
export { IMPORT_FIELDS, type ImportField } from './import/columns';
export { importOptOuts, type ImportCounts } from './import/import-opt-outs';
export type { ImportFormat } from './import/read-rows';
export type { RejectReason } from './import/parse-row';
export { createLink } from './links/create-link';
export { LINK_COLUMN, createLinks } from './links/create-links';
export { OperationError } from './operation-error';
export { MAX_OPT_OUT_PAGE, everyOptOut, listOptOuts, type OptOut, type OptOutFilter } from './optouts/list';
export { findSubject, queuedDestinations } from './optouts/show';
export { whyWaiting, type Waiting } from './optouts/waiting';
export { parsePerson, parseSender } from './optouts/subject';
export { overrideConsent } from './overrides/override';
export { applyOverride, overrideOf, parseOverride, type OverrideRequest } from './overrides/override-request';
export { collectProof } from './proof/collect-proof';
export { ProofRecords } from './proof/proof-records';
export { SealedProof, checkProof, notUnderstood, sealProof } from './proof/seal';
export { completeReview, getReviewEntry, reviewEntryNotFound, stopFromReview } from './review/review';
export {
  dismissSuspicious,
  getSuspicious,
  listSuspicious,
  stopFromSuspicious,
  type SuspiciousMessage,
} from './review/suspicious';
export {
  MAX_SENT_AFTER_PAGE,
  listSentAfter,
  type SentAfterList,
  type SentAfterQuery,
} from './sent-after/list-sent-after';
export { findByMessage } from './search/find-by-message';
export { phonesOfPerson } from './search/find-by-person';
export { findSubjects, type FoundSubjects } from './search/find-subjects';
export { parseWrittenPhones } from './search/written-phone';
export { cancelRun } from './runs/cancel-run';
export { RUN_KINDS, type Run, type RunKind } from './runs/run';
export { getRun, listRuns } from './runs/find-runs';
export type { Change } from './setup/changes';
export { customerIoInstructions, type CustomerIoInstructions } from './setup/customerio-instructions';
export { recordSetup } from './setup/record-setup';
export { applySetup, planSetup, undoSetup, type SetupPlan } from './setup/setup-twilio';
export { writeEnvFile } from './setup/env-file';
export type { UndoStep } from './setup/undo-changes';
export { shownUrl } from './twilio/webhook-url';
export { pauseRedis } from './simulate/pause-redis';
export { Sandbox } from './simulate/sandbox';
export { readStatus, type QueueStatus, type Status, type WorkspaceStatus } from './status/status';
export { parseAge, parsePastTime } from './time-text';
export { openStores, withStores, type Stores } from './stores';
export { overrideTarget, selectAccount, workspaceConfigOf, workspaceOf } from './accounts';
export { withAppApi } from './verify/app-api';
export { followForcedSync, type FollowedSync } from './verify/forced-sync';
export { allowOptIns, previewOptIns } from './verify/all-opt-ins';
export {
  cancelPass,
  followPass,
  isPassOver,
  readOpenPass,
  readPass,
  requestCorrection,
  requestPass,
  uncorrected,
} from './verify/passes';
export { everyDrifted, listDrifted, type DriftedOptOut, type DriftedQuery } from './verify/drifted';
export { requestSyncByHand, requireEntry } from './verify/sync-by-hand';
export { optInCandidates, requestOptIns } from './verify/opt-ins';
export {
  verifyPhone,
  type PersonVerdict,
  type Verification,
  type VerifiedPerson,
} from './verify/verify-phone';
