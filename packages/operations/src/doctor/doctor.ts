import {
  ConfigError,
  readIngestConfig,
  readTwilioApiAccounts,
  readTwilioApiUrl,
  readWorkerConfig,
  type Env,
  type IngestConfig,
  type TwilioApiAccount,
  type WorkerConfig,
} from '@optout-sync/shared/config';
import type { Senders } from '@optout-sync/twilio-api';
import { configWarnings } from '../config-check/summary';
import { readConfig } from '../config/config';
import { OperationError } from '../operation-error';
import { withStores, type Stores } from '../stores';
import { checkWorkspace } from './check-customerio';
import { checkEventStreams } from './check-event-streams';
import { checkIngest } from './check-ingest';
import { checkKeywords } from './check-keywords';
import { checkPublicUrl } from './check-public-url';
import { checkQueues } from './check-queues';
import { checkRedis } from './check-redis';
import { checkAccount } from './check-twilio';
import { checkWebhooks } from './check-webhooks';
import { checkClock } from './clocks';
import { AREAS, ok, problem, skipped, type Area, type Finding } from './finding';
import { checkConfiguredSenders } from './configured-senders';
import { checkMoves } from './moved-numbers';
import { checkSharedKey } from './shared-key';
import { impatientClient, twilioProblem } from './twilio-access';

/** The parts of the configuration that can be read; one with an error is missing. */
interface Parts {
  readonly ingest?: IngestConfig;
  readonly worker?: WorkerConfig;
  readonly accounts?: readonly TwilioApiAccount[];
  readonly apiUrl?: string;
}

interface DoctorOptions {
  /** The areas to check; all by default. */
  readonly areas?: readonly Area[];
  /** False where there is no Redis yet, or no area needs it: then none is connected to. */
  readonly usesRedis?: boolean;
  /** Is called when the check of an area begins. */
  readonly onProgress?: (area: Area) => void;
}

/**
 * Checks everything that the system depends on: configuration, Redis, Customer.io, Twilio and the public URL. Nothing is changed,
 * but that it remembers which number is in which service. A fault of one part does not keep the others from being checked.
 *
 * @returns the findings, by area
 */
export async function runDoctor(
  env: Env,
  { areas = AREAS, usesRedis = true, onProgress = () => undefined }: DoctorOptions = {},
): Promise<Finding[]> {
  const { parts, findings } = readParts(env);
  const check = (stores: Stores | undefined) => checkAreas(parts, stores, areas, onProgress);
  const all = [...findings, ...(await (usesRedis ? withRedis(env, check) : check(undefined)))];
  return AREAS.filter((area) => areas.includes(area)).flatMap((area) =>
    all.filter((finding) => finding.area === area),
  );
}

/** Runs a check with the Redis of the environment, or without one that cannot be reached. */
async function withRedis(
  env: Env,
  check: (stores: Stores | undefined) => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    readConfig(env);
    return await withStores({ env }, check);
  } catch (error) {
    const findings: Finding[] = [];
    // Errors of the configuration are among the findings already.
    if (error instanceof OperationError && error.code === 'redis_unavailable') {
      findings.push(problem('redis', 'redis_unreachable', error.message));
    } else if (!(error instanceof ConfigError)) throw error;
    return [...findings, ...(await check(undefined))];
  }
}

function readParts(env: Env): { parts: Parts; findings: Finding[] } {
  const errors = new Set<string>();
  const read = <Part>(reader: (env: Env) => Part): Part | undefined => {
    try {
      return reader(env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const message of error.errors) errors.add(message);
      return undefined;
    }
  };
  const [ingest, worker] = [read(readIngestConfig), read(readWorkerConfig)];
  const [accounts, apiUrl] = [read(readTwilioApiAccounts), read(readTwilioApiUrl)];
  const parts = {
    ...(ingest && { ingest }),
    ...(worker && { worker }),
    ...(accounts && { accounts }),
    ...(apiUrl && { apiUrl }),
  };
  const warnings = ingest && worker && accounts ? configWarnings({ ingest, worker, accounts }) : [];
  return {
    parts,
    findings: [
      ...[...errors].map((error) => problem('configuration', 'config_invalid', error)),
      ...(errors.size === 0 ? [ok('configuration', 'the services start with this configuration')] : []),
      ...warnings.map((warning) => problem('configuration', 'config_warning', warning)),
    ],
  };
}

async function checkAreas(
  parts: Parts,
  stores: Stores | undefined,
  areas: readonly Area[],
  onProgress: (area: Area) => void,
): Promise<Finding[]> {
  const { ingest, worker } = parts;
  const findings: Finding[] = [];
  const check = async (area: Area, run: () => Promise<readonly Finding[]>): Promise<void> => {
    // The webhooks are those of the senders that the check of Twilio reads.
    if (!areas.includes(area) && !(area === 'twilio' && areas.includes('webhooks'))) return;
    onProgress(area);
    findings.push(...(await run()));
  };
  await check('redis', async () => (stores && worker ? checkStore(stores, worker) : []));
  await check('queues', async () => [
    ...(stores && worker
      ? await checkQueues(stores, worker, Date.now())
      : [skipped('queues', 'Redis cannot be read')]),
    ...(ingest ? await checkIngest({ host: ingest.adminHost, port: ingest.adminPort }) : []),
  ]);
  await check('customerio', async () => {
    const found = [];
    for (const workspace of worker?.workspaces ?? []) found.push(...(await checkWorkspace(workspace)));
    return found;
  });
  const senders = new Map<string, Senders>();
  await check('twilio', () => checkAccounts(parts, senders));
  await check('webhooks', () => checkSenders(parts, stores, senders));
  await check('public_url', async () =>
    ingest ? checkPublicUrl(ingest.publicUrl, parts.accounts ?? []) : [],
  );
  return findings;
}

async function checkStore({ redis, ledger }: Stores, worker: WorkerConfig): Promise<Finding[]> {
  const findings = await checkRedis(redis, worker.redis);
  const ours = Date.now();
  return [...findings, checkClock('redis', { whose: 'Redis', theirs: await ledger.now(), ours })];
}

/** Checks the accounts, and adds their senders to `senders`. */
async function checkAccounts({ accounts, apiUrl }: Parts, senders: Map<string, Senders>): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (apiUrl === undefined) return findings;
  for (const account of accounts ?? []) {
    const checked = await checkAccount(account, apiUrl);
    findings.push(...checked.findings);
    if (!checked.senders) continue;
    senders.set(account.sid, checked.senders);
    findings.push(...checkConfiguredSenders(account, checked.senders));
  }
  return findings;
}

async function checkSenders(
  { accounts = [], apiUrl = '', ingest }: Parts,
  stores: Stores | undefined,
  sendersOf: ReadonlyMap<string, Senders>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const account of accounts) {
    const senders = sendersOf.get(account.sid);
    if (!senders) {
      findings.push(skipped('webhooks', `account ${account.sid}: its senders could not be read`));
      continue;
    }
    if (senders.unreadShortCodes !== undefined) {
      const why = `its short codes could not be read: ${senders.unreadShortCodes}`;
      findings.push(skipped('webhooks', `account ${account.sid}: ${why}`));
    }
    const client = impatientClient(account, apiUrl);
    try {
      if (ingest?.publicUrl !== undefined) {
        const streams = await checkEventStreams(client, account.sid, ingest.publicUrl);
        findings.push(...checkWebhooks(senders, ingest.publicUrl, streams.reports), ...streams.findings);
        findings.push(...(await checkSharedKey(client, ingest.publicUrl)));
      } else findings.push(skipped('webhooks', 'the URLs at Twilio: PUBLIC_URL is not set'));
      if (ingest) findings.push(...(await checkKeywords(client, senders, ingest.keywords)));
    } catch (error) {
      findings.push(twilioProblem('webhooks', account.sid, error));
    }
    if (stores) findings.push(...(await checkMoves(stores, account, senders)));
  }
  return findings;
}
