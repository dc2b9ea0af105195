import type { Fault } from '../faults/fault';
import type { Api } from '../http/routes';
import type { Rates } from '../rate-meter';
import type { LoggedRequest, RequestFilter } from '../request-log';
import type { NewPerson, SandboxPerson } from '../workspace';
import type { WorkspaceInfo } from '../workspace-info';
import { CONTROL_PATH, type Pattern, type Verbs } from './verbs';

/** The sandbox of another process, with the verbs of `CustomerIoSandbox`, asynchronous. */
export interface SandboxControl {
  workspaces(): Promise<WorkspaceInfo[]>;
  /** The default workspace, or the named one; an unknown name fails at the first verb. */
  workspace(name?: string): WorkspaceControl;
  requests(filter?: RequestFilter): Promise<LoggedRequest[]>;
  rates(): Promise<Record<Api, Rates>>;
  fault(fault: Fault): Promise<FaultControl>;
  clearFaults(): Promise<void>;
  reset(): Promise<void>;
}

export interface WorkspaceControl {
  addPerson(person: NewPerson): Promise<string>;
  addPeople(people: NewPerson[]): Promise<string[]>;
  person(cioId: string): Promise<SandboxPerson | undefined>;
  people(): Promise<SandboxPerson[]>;
  createdPeople(): Promise<SandboxPerson[]>;
  removePerson(cioId: string): Promise<boolean>;
  mergePeople(primary: string, secondary: string): Promise<void>;
  seedDemoPeople(): Promise<void>;
  rates(): Promise<Record<Api, Rates>>;
}

export interface FaultControl {
  readonly id: number;
  hits(): Promise<number>;
  remove(): Promise<void>;
}

type Call = <Verb extends keyof Verbs>(verb: Verb, input: Verbs[Verb][0]) => Promise<Verbs[Verb][1]>;

/**
 * @param url base URL of either region
 * @returns verbs that throw when the sandbox is not there or refuses
 */
export function connectSandboxControl(url: string): SandboxControl {
  const call: Call = async (verb, input) => {
    const response = await fetch(`${url}${CONTROL_PATH}${verb}`, {
      method: 'POST',
      body: JSON.stringify(input),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`sandbox ${verb}: ${JSON.stringify(answer)}`);
    return answer as Verbs[typeof verb][1];
  };
  return {
    workspaces: () => call('workspaces', {}),
    workspace: (name) => workspaceControl(call, name === undefined ? {} : { workspace: name }),
    requests: (filter) => call('requests', filter ? { filter: withPattern(filter) } : {}),
    rates: () => call('rates', {}),
    fault: async ({ match, ...fault }) => {
      // JSON has no Infinity; without `times` a fault hits for ever.
      const times = Number.isFinite(fault.times) ? { times: fault.times } : {};
      const id = await call('addFault', {
        effect: fault.effect,
        ...times,
        ...(match && { match: withPattern(match) }),
      });
      return {
        id,
        hits: () => call('faultHits', { id }),
        remove: () => call('removeFault', { id }).then(ignore),
      };
    },
    clearFaults: () => call('clearFaults', {}).then(ignore),
    reset: () => call('reset', {}).then(ignore),
  };
}

function workspaceControl(call: Call, which: { workspace?: string }): WorkspaceControl {
  return {
    addPerson: async (person) => {
      const [cioId = ''] = await call('addPeople', { ...which, people: [person] });
      return cioId;
    },
    addPeople: (people) => call('addPeople', { ...which, people }),
    person: async (cioId) => (await call('person', { ...which, cioId })) ?? undefined,
    people: () => call('people', which),
    createdPeople: () => call('createdPeople', which),
    removePerson: (cioId) => call('removePerson', { ...which, cioId }),
    mergePeople: (primary, secondary) => call('mergePeople', { ...which, primary, secondary }).then(ignore),
    seedDemoPeople: () => call('seedDemoPeople', which).then(ignore),
    rates: () => call('workspaceRates', which),
  };
}

const ignore = (): void => undefined;

function withPattern<T extends { path?: RegExp }>({
  path,
  ...others
}: T): Omit<T, 'path'> & { path?: Pattern } {
  return { ...others, ...(path && { path: { source: path.source, flags: path.flags } }) };
}
