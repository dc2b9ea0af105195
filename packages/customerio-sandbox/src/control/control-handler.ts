import type { FaultHandle } from '../faults/fault';
import type { Handler } from '../http/listener';
import { readBody } from '../http/read-body';
import { sendResponse } from '../http/send-response';
import { CONTROL_PATH, decodePath, type Commands } from './commands';
import { seedDemoPeople } from './demo-people';
import type { CustomerIoSandbox } from './sandbox';
import { workspaceInfos } from './workspace-info';

type CommandHandlers = { [Command in keyof Commands]: (input: Commands[Command][0]) => Commands[Command][1] };

/** Serves the control API, which gives other processes the methods of `CustomerIoSandbox`. */
export function controlHandler(sandbox: CustomerIoSandbox): Handler {
  const handlers = commandHandlers(sandbox);
  return async (request, response) => {
    const command = (request.url ?? '').slice(CONTROL_PATH.length);
    const { parsed } = await readBody(request);
    if (request.method !== 'POST' || !Object.hasOwn(handlers, command)) {
      const error = `unknown command ${command}; known: ${Object.keys(handlers).join(', ')}`;
      sendResponse(response, { status: 404, body: { error } });
      return;
    }
    try {
      const handle = handlers[command as keyof Commands] as (input: unknown) => unknown;
      sendResponse(response, { status: 200, body: handle(parsed ?? {}) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      sendResponse(response, { status: 400, body: { error: message } });
    }
  };
}

function commandHandlers(sandbox: CustomerIoSandbox): CommandHandlers {
  const faults = new Map<number, FaultHandle>();
  return {
    workspaces: () => workspaceInfos(sandbox),
    addPeople: ({ workspace, people }) =>
      people.map((person) => sandbox.workspace(workspace).addPerson(person)),
    person: ({ workspace, cioId }) => sandbox.workspace(workspace).person(cioId) ?? null,
    people: ({ workspace }) => sandbox.workspace(workspace).people(),
    events: ({ workspace, cioId }) => sandbox.workspace(workspace).events(cioId),
    createdPeople: ({ workspace }) => sandbox.workspace(workspace).createdPeople(),
    removePerson: ({ workspace, cioId }) => sandbox.workspace(workspace).removePerson(cioId),
    setAttributes: ({ workspace, cioId, attributes, at }) =>
      sandbox.workspace(workspace).setAttributes(cioId, attributes, at),
    lagIndex: ({ workspace, ms }) => {
      sandbox.workspace(workspace).lagIndex(ms);
      return null;
    },
    catchUpIndex: ({ workspace }) => {
      sandbox.workspace(workspace).catchUpIndex();
      return null;
    },
    mergePeople: ({ workspace, primary, secondary }) => {
      sandbox.workspace(workspace).mergePeople(primary, secondary);
      return null;
    },
    seedDemoPeople: ({ workspace }) => {
      seedDemoPeople(sandbox.workspace(workspace));
      return null;
    },
    workspaceRates: ({ workspace }) => sandbox.workspace(workspace).rates(),
    rates: () => sandbox.rates(),
    requests: ({ filter }) => sandbox.requests(filter && decodePath(filter)),
    addFault: ({ match, ...fault }) => {
      const handle = sandbox.fault({ ...fault, ...(match && { match: decodePath(match) }) });
      faults.set(handle.id, handle);
      return handle.id;
    },
    faultHits: ({ id }) => faults.get(id)?.hits ?? 0,
    removeFault: ({ id }) => {
      faults.get(id)?.remove();
      return null;
    },
    clearFaults: () => {
      sandbox.clearFaults();
      return null;
    },
    reset: () => {
      sandbox.reset();
      return null;
    },
  };
}
