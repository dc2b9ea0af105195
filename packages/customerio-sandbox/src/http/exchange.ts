import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultEffect, FaultSubject } from '../faults/fault';
import type { FaultList } from '../faults/fault-list';
import type { Region, Settings } from '../options';
import type { RateMeter } from '../rate-meter';
import type { LoggedRequest, RequestLog } from '../request-log';
import type { WorkspaceState } from '../workspace-state';
import { admit } from './admit';
import type { Answer } from './answers';
import { authenticate } from './authenticate';
import { receive, type ReceivedBody } from './receive';
import { routeFor, type Api, type Route } from './routes';
import { drip, send } from './send';

/** What the listeners of both regions share. */
export interface Exchanges {
  settings: Settings;
  workspaces: () => WorkspaceState[];
  /** Base URL of each region. */
  urls: Record<Region, string>;
  faults: FaultList;
  log: RequestLog;
  meters: () => Record<Api, RateMeter>;
}

interface Arrival {
  at: number;
  region: Region;
  method: string;
  path: string;
  route: Route;
  params: string[];
  body: ReceivedBody;
  workspace: WorkspaceState | undefined;
  /** Which count it: the sandbox's own and the workspace's. */
  meters: RateMeter[];
}

/**
 * One request from arrival to answer. Order: body, credentials, fault, limits, latency, handler, answer. A request
 * whose client has given up is carried out all the same, as a real server would.
 */
export async function exchange(
  shared: Exchanges,
  region: Region,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const arrival = await arrive(shared, region, request);
  const subject = subjectOf(arrival);
  const effect = shared.faults.strike(subject);
  const entry = logEntry(arrival, subject, effect);
  shared.log.add(entry);
  if (effect?.kind === 'hang') return;
  if (effect?.kind === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  const answer = await answerTo(shared, arrival, effect);
  entry.durationMs = shared.settings.now() - arrival.at;
  if (effect?.kind === 'answer_lost') {
    request.socket.destroy();
    return;
  }
  entry.status = answer.status;
  if (effect?.kind === 'drip') drip(response, answer, effect.bytesPerSecond);
  else send(response, answer);
}

async function arrive(shared: Exchanges, region: Region, request: IncomingMessage): Promise<Arrival> {
  const at = shared.settings.now();
  const { method = 'GET', url: path = '/', headers } = request;
  const { route, params } = routeFor(method, path.split('?', 1)[0] ?? path);
  const workspace = authenticate(shared.workspaces(), route.api, region, headers.authorization);
  const meters = [shared.meters()[route.api], ...(workspace ? [workspace.meters[route.api]] : [])];
  for (const meter of meters) meter.arrived(at);
  return { at, region, method, path, route, params, workspace, meters, body: await receive(request) };
}

function subjectOf({ workspace, route, method, path, body }: Arrival): FaultSubject {
  const { api, operation } = route;
  return { workspace: workspace?.name ?? null, api, operation, method, path, rawBody: body.raw };
}

function logEntry(
  { at, body }: Arrival,
  subject: FaultSubject,
  effect: FaultEffect | undefined,
): LoggedRequest {
  const { workspace, api, operation, method, path } = subject;
  const request = { at, workspace, api, operation, method, path, body: body.parsed };
  return { ...request, status: null, durationMs: null, fault: effect?.kind ?? null };
}

async function answerTo(
  shared: Exchanges,
  arrival: Arrival,
  effect: FaultEffect | undefined,
): Promise<Answer> {
  const { workspace, route, region, path, params, body, meters } = arrival;
  const elsewhere = workspace !== undefined && workspace.region !== region;
  const redirectTo = elsewhere ? `${shared.urls[workspace.region]}${path}` : undefined;
  // The limit counts arrivals, so it is asked before the latency; what is written, is written after it.
  const admission =
    effect?.kind === 'status' ? { refused: effect } : admit({ route, workspace, redirectTo, meters });
  const delayMs = shared.settings.latencyMs + (effect?.kind === 'latency' ? effect.ms : 0);
  if (delayMs > 0) await sleep(delayMs);
  if ('refused' in admission) return admission.refused;
  return route.handle({
    workspace: admission.admitted,
    params,
    query: queryOf(path),
    body: body.parsed,
    bodyBytes: body.bytes,
    regionUrl: shared.urls[admission.admitted.region],
    emptyPage: effect?.kind === 'empty_page',
  });
}

function queryOf(path: string): URLSearchParams {
  const start = path.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : path.slice(start + 1));
}
