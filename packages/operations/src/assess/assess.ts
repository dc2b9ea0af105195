import { openStandaloneApi, type StandaloneApi } from '@optout-sync/customerio';
import { settingOf } from '@optout-sync/shared/config';
import { JobError } from '@optout-sync/shared/domain';
import { TwilioApiError } from '@optout-sync/twilio-api';
import { OperationError } from '../operation-error';
import type { AssessConfig } from './config';
import {
  assessNumber,
  FINDING_KINDS,
  summarize,
  type AssessedNumber,
  type AssessmentSummary,
} from './findings';
import { LogFold, type LogCounts } from './fold-log';
import { askForNobody, lookUpProfiles } from './look-up';
import { readNativeList } from './native-list';
import { Pacer } from '../pacer';
import { readLog } from './read-log';

/** What to read. Times in ms since 1970, inclusive. */
export interface AssessRequest {
  readonly since: number;
  readonly until: number;
  /** To each of the two APIs. */
  readonly requestsPerSecond: number;
  /** Ends the assessment. */
  readonly signal?: AbortSignal | undefined;
}

/** How far an assessment is: through the days of the log, then through the numbers that were found. */
export type AssessProgress =
  | { readonly step: 'log'; readonly done: number; readonly total: number; readonly messages: number }
  | { readonly step: 'people'; readonly done: number; readonly total: number }
  | { readonly step: 'native_list' };

/** What people told Twilio, compared with what Customer.io holds. Times in ms since 1970. */
export interface Assessment {
  readonly since: number;
  readonly until: number;
  readonly accountSid: string;
  readonly workspace: string;
  /** The attribute that says that somebody is opted out, by channel. */
  readonly attributes: AssessConfig['workspace']['attributes'];
  readonly counts: Readonly<LogCounts>;
  readonly summary: AssessmentSummary;
  /** Why Customer.io's own list is not known, if it is not. */
  readonly nativeListUnknown?: string;
  /** The numbers with findings: the worst first, of those with as many findings the latest. */
  readonly numbers: readonly AssessedNumber[];
}

/**
 * Reads Twilio's message log, folds each number to its last word, looks its people up at Customer.io and says what is wrong. Only
 * reads, and stores nothing.
 *
 * @throws {OperationError} `span_empty`, `interrupted`, or a `twilio_` or `customerio_` code
 */
export async function assess(
  config: AssessConfig,
  request: AssessRequest,
  onProgress: (progress: AssessProgress) => void,
): Promise<Assessment> {
  const { since, until, requestsPerSecond, signal } = request;
  if (until < since) throw new OperationError('span_empty', '`until` is before `since`');
  const access = config.workspace.access ?? { appApiKey: undefined, appUrl: '' };
  const customerio = openStandaloneApi({ access, requestsPerSecond, signal });
  try {
    const fold = new LogFold({ ...config, policy: config.workspace.policy }, until);
    const onPage = (done: number, total: number): void => {
      onProgress({ step: 'log', done, total, messages: fold.counts.messages });
    };
    await askForNobody(customerio.api, config.workspace);
    await readLog(config, { since, until }, fold, { pacer: new Pacer(requestsPerSecond, signal), onPage });
    return await compare(config, request, fold, { api: customerio.api, onProgress });
  } catch (error) {
    throw asOperationError(error, config, signal);
  } finally {
    customerio.close();
  }
}

async function compare(
  { account, workspace }: AssessConfig,
  { since, until }: AssessRequest,
  { numbers, counts }: LogFold,
  { api, onProgress }: Pick<StandaloneApi, 'api'> & { readonly onProgress: Parameters<typeof assess>[2] },
): Promise<Assessment> {
  const phones = [...new Set(numbers.map(({ phone }) => phone))];
  onProgress({ step: 'people', done: 0, total: phones.length });
  const profiles = await lookUpProfiles(api, workspace, phones, (done) => {
    onProgress({ step: 'people', done, total: phones.length });
  });
  onProgress({ step: 'native_list' });
  const native = await readNativeList(
    api,
    numbers.filter(({ state, phone }) => state === 'stopped' && (profiles.get(phone)?.length ?? 0) > 0),
  );
  const all = numbers.map((number) => assessNumber(number, profiles.get(number.phone) ?? [], native));
  return {
    since,
    until,
    accountSid: account.sid,
    workspace: workspace.configuredAs,
    attributes: workspace.attributes,
    counts,
    summary: summarize(all, native),
    ...(native.kind === 'unknown' && { nativeListUnknown: native.why }),
    numbers: all.filter(({ findings }) => findings.length > 0).sort(byFinding),
  };
}

function byFinding(a: AssessedNumber, b: AssessedNumber): number {
  const rank = ({ findings }: AssessedNumber): number => FINDING_KINDS.indexOf(findings[0] ?? 'no_profile');
  const latest = ({ lastTextedAt, since, ownWords }: AssessedNumber): number =>
    lastTextedAt ?? since ?? ownWords?.at ?? 0;
  return rank(a) - rank(b) || b.findings.length - a.findings.length || latest(b) - latest(a);
}

function asOperationError(
  error: unknown,
  { workspace }: AssessConfig,
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted) {
    return new OperationError(
      'interrupted',
      'it was ended before everything was read; nothing was stored',
      'failed',
    );
  }
  if (error instanceof TwilioApiError) return new OperationError(error.code, error.message, 'failed');
  if (!(error instanceof JobError)) return error;
  const status = error.status === undefined ? '' : `, status ${String(error.status)}`;
  const settings = ['app_api_key', 'region'] as const;
  const advice =
    error.kind === 'misconfigured'
      ? `correct ${settings.map((name) => settingOf(workspace.configuredAs, name)).join(' or ')}`
      : 'try again later';
  return new OperationError(
    error.code,
    `people could not be looked up (Customer.io: ${error.message}${status}); ${advice}`,
    'failed',
  );
}
