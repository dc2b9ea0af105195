import { seedDemoPeople } from '../demo-people';
import type { FaultHandle } from '../faults/fault';
import type { Handle } from '../http/listener';
import { receive } from '../http/receive';
import { send } from '../http/send';
import type { CustomerIoSandbox } from '../sandbox';
import { workspaceInfos } from '../workspace-info';
import { CONTROL_PATH, type Pattern, type Verbs } from './verbs';

type Doers = { [Verb in keyof Verbs]: (input: Verbs[Verb][0]) => Verbs[Verb][1] };

/** Serves the control API: what the sandbox's own object offers, to other processes. */
export function controlHandler(sandbox: CustomerIoSandbox): Handle {
  const doers = doersFor(sandbox);
  return async (request, response) => {
    const verb = (request.url ?? '').slice(CONTROL_PATH.length);
    const { parsed } = await receive(request);
    if (request.method !== 'POST' || !Object.hasOwn(doers, verb)) {
      send(response, {
        status: 404,
        body: { error: `no verb ${verb}; there is ${Object.keys(doers).join(', ')}` },
      });
      return;
    }
    try {
      const act = doers[verb as keyof Verbs] as (input: unknown) => unknown;
      send(response, { status: 200, body: act(parsed ?? {}) });
    } catch (error) {
      send(response, {
        status: 400,
        body: { error: error instanceof Error ? error.message : String(error) },
      });
    }
  };
}

function doersFor(sandbox: CustomerIoSandbox): Doers {
  const handles = new Map<number, FaultHandle>();
  const nothing = null;
  return {
    workspaces: () => workspaceInfos(sandbox),
    addPeople: ({ workspace, people }) =>
      people.map((person) => sandbox.workspace(workspace).addPerson(person)),
    person: ({ workspace, cioId }) => sandbox.workspace(workspace).person(cioId) ?? null,
    people: ({ workspace }) => sandbox.workspace(workspace).people(),
    createdPeople: ({ workspace }) => sandbox.workspace(workspace).createdPeople(),
    removePerson: ({ workspace, cioId }) => sandbox.workspace(workspace).removePerson(cioId),
    mergePeople: ({ workspace, primary, secondary }) => {
      sandbox.workspace(workspace).mergePeople(primary, secondary);
      return nothing;
    },
    seedDemoPeople: ({ workspace }) => {
      seedDemoPeople(sandbox.workspace(workspace));
      return nothing;
    },
    workspaceRates: ({ workspace }) => sandbox.workspace(workspace).rates(),
    rates: () => sandbox.rates(),
    requests: ({ filter }) => sandbox.requests(filter && withPath(filter)),
    addFault: ({ match, ...fault }) => {
      const handle = sandbox.fault({ ...fault, ...(match && { match: withPath(match) }) });
      handles.set(handle.id, handle);
      return handle.id;
    },
    faultHits: ({ id }) => handles.get(id)?.hits ?? 0,
    removeFault: ({ id }) => {
      handles.get(id)?.remove();
      return nothing;
    },
    clearFaults: () => {
      sandbox.clearFaults();
      return nothing;
    },
    reset: () => {
      sandbox.reset();
      return nothing;
    },
  };
}

function withPath<T extends { path?: Pattern }>({ path, ...others }: T): Omit<T, 'path'> & { path?: RegExp } {
  return { ...others, ...(path && { path: new RegExp(path.source, path.flags) }) };
}
