import { CustomerIoClient, checkAccess, optOutListRequest, takePeopleCensus } from '@optout-sync/customerio';
import { settingOf, type CustomerIoAccess, type WorkspaceConfig } from '@optout-sync/shared/config';
import { JobError } from '@optout-sync/shared/domain';
import { ok, problem, skipped, type Finding } from './finding';
import { checkSpellings } from './phone-spellings';

/** The workers' default rate leaves so many of the 10 requests a second that Customer.io allows. */
const REQUESTS_PER_SECOND = 2;
/** Of 1,000 people each. */
const MAX_PAGES = 3;
const TIMEOUT_MS = 10_000;

/** Checks a workspace with requests that change nothing: keys, region, rights, and the attribute with the phone number. */
export async function checkWorkspace(workspace: WorkspaceConfig): Promise<Finding[]> {
  const { configuredAs: name, access } = workspace;
  if (!access)
    return [skipped('customerio', `workspace ${name} has a campaign alone: there are no keys to check`)];
  const clients = openClients(access);
  try {
    const keys = await checkKeys(workspace, access, clients);
    if (keys.some(({ level }) => level === 'failure')) return keys;
    return [...keys, ...(await checkRights(workspace, clients.app))];
  } finally {
    clients.track.close();
    clients.app?.close();
  }
}

interface Clients {
  readonly track: CustomerIoClient;
  readonly app: CustomerIoClient | undefined;
}

function openClients({ siteId, trackApiKey, trackUrl, appUrl, appApiKey }: CustomerIoAccess): Clients {
  const basic = Buffer.from(`${siteId}:${trackApiKey}`).toString('base64');
  const open = (baseUrl: string, authorization: string) =>
    new CustomerIoClient({ baseUrl, authorization, timeoutMs: TIMEOUT_MS }, () => undefined);
  return {
    track: open(trackUrl, `Basic ${basic}`),
    app: appApiKey === undefined ? undefined : open(appUrl, `Bearer ${appApiKey}`),
  };
}

async function checkKeys(
  workspace: WorkspaceConfig,
  { region }: CustomerIoAccess,
  clients: Clients,
): Promise<Finding[]> {
  const name = workspace.configuredAs;
  const { errors, unchecked } = await checkAccess({ ...clients, region, workspace });
  if (errors.length + unchecked.length === 0) {
    const keys = clients.app ? 'Track and App API keys' : 'the Track API key';
    return [ok('customerio', `workspace ${name}: Customer.io accepts ${keys} in the region ${region}`)];
  }
  return [
    ...errors.map((error) =>
      problem('customerio', 'customerio_keys_rejected', `workspace ${name}: ${error}`),
    ),
    ...unchecked.map((error) => toFinding(name, error)),
  ];
}

async function checkRights(
  workspace: WorkspaceConfig,
  app: CustomerIoClient | undefined,
): Promise<Finding[]> {
  const { configuredAs: name, lookup, nativeOptOuts, phoneAttribute } = workspace;
  const findings: Finding[] = [];
  const attempt = async (check: () => Promise<readonly Finding[]>): Promise<void> => {
    try {
      findings.push(...(await check()));
    } catch (error) {
      if (!(error instanceof JobError)) throw error;
      findings.push(toFinding(name, error));
    }
  };
  if (app && lookup === 'search') {
    const pace = { maxPages: MAX_PAGES, requestsPerSecond: REQUESTS_PER_SECOND };
    await attempt(async () => checkSpellings(await takePeopleCensus(app, phoneAttribute, pace), workspace));
  }
  if (lookup !== 'search') {
    findings.push(
      skipped('customerio', `workspace ${name} writes by the phone number: there is no attribute to check`),
    );
  }
  if (app && nativeOptOuts) {
    await attempt(async () => {
      await app.send(optOutListRequest);
      return [ok('customerio', `workspace ${name}: the key may read the list of opt-outs`)];
    });
  }
  return findings;
}

function toFinding(name: string, error: JobError): Finding {
  const status = error.status === undefined ? '' : `, status ${String(error.status)}`;
  const what = `workspace ${name}: ${error.message}${status}`;
  switch (error.code) {
    case 'customerio_answer_not_understood':
      return problem('customerio', 'customerio_answer_unexpected', what);
    case 'customerio_unauthorized':
    case 'customerio_operation_refused':
    case 'customerio_refused': {
      const setting = settingOf(name, 'app_api_key');
      return problem('customerio', 'customerio_right_missing', `${what}; the key is ${setting}`);
    }
    default:
      return problem('customerio', 'customerio_unreachable', what);
  }
}
