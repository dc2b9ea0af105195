import type { Fault, FaultMatch } from '../faults/fault';
import type { Api } from '../http/routes';
import type { Rates } from '../rate-meter';
import type { LoggedRequest, RequestFilter } from '../request-log';
import type { NewPerson, SandboxPerson } from '../workspace';
import type { WorkspaceInfo } from '../workspace-info';

/** Below it, the sandbox's own API: `POST /__sandbox/<verb>` with the verb's input as JSON, no credentials. */
export const CONTROL_PATH = '/__sandbox/';

/** A regular expression as JSON carries it. */
export interface Pattern {
  source: string;
  flags: string;
}

type Portable<T extends { path?: RegExp }> = Omit<T, 'path'> & { path?: Pattern };

interface In {
  workspace?: string;
}

/** Each verb's input and output. */
export interface Verbs {
  workspaces: [Record<string, never>, WorkspaceInfo[]];
  addPeople: [In & { people: NewPerson[] }, string[]];
  person: [In & { cioId: string }, SandboxPerson | null];
  people: [In, SandboxPerson[]];
  createdPeople: [In, SandboxPerson[]];
  removePerson: [In & { cioId: string }, boolean];
  mergePeople: [In & { primary: string; secondary: string }, null];
  seedDemoPeople: [In, null];
  workspaceRates: [In, Record<Api, Rates>];
  rates: [Record<string, never>, Record<Api, Rates>];
  requests: [{ filter?: Portable<RequestFilter> }, LoggedRequest[]];
  addFault: [Omit<Fault, 'match'> & { match?: Portable<FaultMatch> }, number];
  faultHits: [{ id: number }, number];
  removeFault: [{ id: number }, null];
  clearFaults: [Record<string, never>, null];
  reset: [Record<string, never>, null];
}
