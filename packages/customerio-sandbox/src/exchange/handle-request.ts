import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiResponse } from '../api/response';
import type { FaultEffect, FaultSubject } from '../faults/fault';
import type { FaultList } from '../faults/fault-list';
import { readBody, type RequestBody } from '../http/read-body';
import { dripResponse, sendResponse } from '../http/send-response';
import type { Api, Region, Settings } from '../workspace/options';
import type { RateMeter } from '../workspace/rate-meter';
import type { WorkspaceState } from '../workspace/workspace-state';
import { authenticate } from './authenticate';
import { checkPreconditions } from './preconditions';
import type { LoggedRequest, RequestLog } from './request-log';
import { findRoute, type Route } from './routes';

/** What the servers of both regions share. */
export interface SharedState {
  settings: Settings;
  workspaces: () => WorkspaceState[];
  /** Base URL of each region. */
  urls: Record<Region, string>;
  faults: FaultList;
  log: RequestLog;
  meters: () => Record<Api, RateMeter>;
}

interface ReceivedRequest {
  at: number;
  region: Region;
  method: string;
  path: string;
  route: Route;
  params: string[];
  body: RequestBody;
  workspace: WorkspaceState | undefined;
  /** Count it: the meters of the sandbox and of the workspace. */
  meters: RateMeter[];
}

/**
 * Handles one request in this order: body, credentials, fault, preconditions, latency, operation, response. A request
 * whose client has disconnected is carried out anyway, as by a real server.
 */
export async function handleRequest(
  shared: SharedState,
  region: Region,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const received = await receive(shared, region, request);
  const subject = toFaultSubject(received);
  const effect = shared.faults.match(subject);
  const entry = toLogEntry(received, subject, effect);
  shared.log.add(entry);
  if (effect?.kind === 'hang') return;
  if (effect?.kind === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  const content = await respond(shared, received, effect);
  entry.durationMs = shared.settings.now() - received.at;
  if (effect?.kind === 'answer_lost') {
    request.socket.destroy();
    return;
  }
  entry.status = content.status;
  if (effect?.kind === 'drip') dripResponse(response, content, effect.bytesPerSecond);
  else sendResponse(response, content);
}

async function receive(
  shared: SharedState,
  region: Region,
  request: IncomingMessage,
): Promise<ReceivedRequest> {
  const at = shared.settings.now();
  const { method = 'GET', url: path = '/', headers } = request;
  const { route, params } = findRoute(method, path.split('?', 1)[0] ?? path);
  const workspace = authenticate(shared.workspaces(), route.api, region, headers.authorization);
  const meters = [shared.meters()[route.api], ...(workspace ? [workspace.meters[route.api]] : [])];
  for (const meter of meters) meter.countRequest(at);
  return { at, region, method, path, route, params, workspace, meters, body: await readBody(request) };
}

function toFaultSubject({ workspace, route, method, path, body }: ReceivedRequest): FaultSubject {
  const { api, operation } = route;
  return { workspace: workspace?.name ?? null, api, operation, method, path, rawBody: body.raw };
}

function toLogEntry(
  { at, body }: ReceivedRequest,
  subject: FaultSubject,
  effect: FaultEffect | undefined,
): LoggedRequest {
  const { workspace, api, operation, method, path } = subject;
  const request = { at, workspace, api, operation, method, path, body: body.parsed };
  return { ...request, status: null, durationMs: null, fault: effect?.kind ?? null };
}

async function respond(
  shared: SharedState,
  received: ReceivedRequest,
  effect: FaultEffect | undefined,
): Promise<ApiResponse> {
  const { workspace, route, region, path, params, body, meters } = received;
  const inOtherRegion = workspace !== undefined && workspace.region !== region;
  const redirectTo = inOtherRegion ? `${shared.urls[workspace.region]}${path}` : undefined;
  // The rate limit counts requests on arrival, so it precedes the latency; the operation follows it.
  const checked =
    effect?.kind === 'status'
      ? { rejection: effect }
      : checkPreconditions({ route, workspace, redirectTo, meters });
  const delayMs = shared.settings.latencyMs + (effect?.kind === 'latency' ? effect.ms : 0);
  if (delayMs > 0) await sleep(delayMs);
  if ('rejection' in checked) return checked.rejection;
  return route.handle({
    workspace: checked.workspace,
    params,
    query: parseQuery(path),
    body: body.parsed,
    bodyBytes: body.bytes,
    regionUrl: shared.urls[checked.workspace.region],
    emptyPage: effect?.kind === 'empty_page',
  });
}

function parseQuery(path: string): URLSearchParams {
  const start = path.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : path.slice(start + 1));
}
