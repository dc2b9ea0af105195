import type { LoggedRequest, RequestFilter } from '../exchange/request-log';
import type { Fault } from '../faults/fault';
import type { PersonEvent } from '../people/event-store';
import type { Attributes } from '../people/person';
import type { Api } from '../workspace/options';
import type { Rates } from '../workspace/rate-meter';
import type { NewPerson, SandboxPerson } from '../workspace/workspace';
import { CONTROL_PATH, encodePath, type Commands } from './commands';
import type { WorkspaceInfo } from './workspace-info';

/** The sandbox of another process: the methods of `CustomerIoSandbox`, asynchronous. */
export interface SandboxControl {
  workspaces(): Promise<WorkspaceInfo[]>;
  /** The default workspace, or the named one; an unknown name fails at the first command. */
  workspace(name?: string): WorkspaceControl;
  requests(filter?: RequestFilter): Promise<LoggedRequest[]>;
  rates(): Promise<Record<Api, Rates>>;
  fault(fault: Fault): Promise<FaultControl>;
  clearFaults(): Promise<void>;
  reset(): Promise<void>;
}

interface WorkspaceControl {
  addPerson(person: NewPerson): Promise<string>;
  addPeople(people: NewPerson[]): Promise<string[]>;
  person(cioId: string): Promise<SandboxPerson | undefined>;
  people(): Promise<SandboxPerson[]>;
  events(cioId: string): Promise<readonly PersonEvent[]>;
  createdPeople(): Promise<SandboxPerson[]>;
  removePerson(cioId: string): Promise<boolean>;
  setAttributes(cioId: string, attributes: Attributes, at?: number): Promise<boolean>;
  lagIndex(ms: number): Promise<void>;
  catchUpIndex(): Promise<void>;
  mergePeople(primary: string, secondary: string): Promise<void>;
  seedDemoPeople(): Promise<void>;
  rates(): Promise<Record<Api, Rates>>;
}

interface FaultControl {
  readonly id: number;
  hits(): Promise<number>;
  remove(): Promise<void>;
}

type Send = <Command extends keyof Commands>(
  command: Command,
  input: Commands[Command][0],
) => Promise<Commands[Command][1]>;

/**
 * Controls a running sandbox over HTTP. Every method throws an Error when the sandbox is unreachable or rejects the
 * command.
 *
 * @param url base URL of either region
 */
export function connectSandboxControl(url: string): SandboxControl {
  const send: Send = async (command, input) => {
    const response = await fetch(`${url}${CONTROL_PATH}${command}`, {
      method: 'POST',
      body: JSON.stringify(input),
    });
    const output: unknown = await response.json();
    if (!response.ok) throw new Error(`sandbox ${command}: ${JSON.stringify(output)}`);
    return output as Commands[typeof command][1];
  };
  return {
    workspaces: () => send('workspaces', {}),
    workspace: (name) => workspaceControl(send, name === undefined ? {} : { workspace: name }),
    requests: (filter) => send('requests', filter ? { filter: encodePath(filter) } : {}),
    rates: () => send('rates', {}),
    fault: (fault) => addFault(send, fault),
    clearFaults: () => send('clearFaults', {}).then(ignore),
    reset: () => send('reset', {}).then(ignore),
  };
}

async function addFault(send: Send, { match, times, effect }: Fault): Promise<FaultControl> {
  const id = await send('addFault', {
    effect,
    // JSON has no Infinity; a fault without `times` applies to all requests.
    ...(times !== undefined && Number.isFinite(times) && { times }),
    ...(match && { match: encodePath(match) }),
  });
  return {
    id,
    hits: () => send('faultHits', { id }),
    remove: () => send('removeFault', { id }).then(ignore),
  };
}

function workspaceControl(send: Send, target: { workspace?: string }): WorkspaceControl {
  return {
    addPerson: async (person) => {
      const [cioId = ''] = await send('addPeople', { ...target, people: [person] });
      return cioId;
    },
    addPeople: (people) => send('addPeople', { ...target, people }),
    person: async (cioId) => (await send('person', { ...target, cioId })) ?? undefined,
    people: () => send('people', target),
    events: (cioId) => send('events', { ...target, cioId }),
    createdPeople: () => send('createdPeople', target),
    removePerson: (cioId) => send('removePerson', { ...target, cioId }),
    setAttributes: (cioId, attributes, at) =>
      send('setAttributes', { ...target, cioId, attributes, ...(at !== undefined && { at }) }),
    lagIndex: (ms) => send('lagIndex', { ...target, ms }).then(ignore),
    catchUpIndex: () => send('catchUpIndex', target).then(ignore),
    mergePeople: (primary, secondary) => send('mergePeople', { ...target, primary, secondary }).then(ignore),
    seedDemoPeople: () => send('seedDemoPeople', target).then(ignore),
    rates: () => send('workspaceRates', target),
  };
}

const ignore = (): void => undefined;
