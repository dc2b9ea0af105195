import type { LoggedRequest, RequestFilter } from '../exchange/request-log';
import type { Fault, FaultMatch } from '../faults/fault';
import type { PersonEvent } from '../people/event-store';
import type { Attributes } from '../people/person';
import type { Api } from '../workspace/options';
import type { Rates } from '../workspace/rate-meter';
import type { NewPerson, SandboxPerson } from '../workspace/workspace';
import type { WorkspaceInfo } from './workspace-info';

/** The sandbox's control API: `POST /__sandbox/<command>` with the command's input as JSON, without credentials. */
export const CONTROL_PATH = '/__sandbox/';

/** A regular expression in JSON. */
export interface Pattern {
  source: string;
  flags: string;
}

type Serializable<T extends { path?: RegExp }> = Omit<T, 'path'> & { path?: Pattern };

interface InWorkspace {
  /** Default: the default workspace. */
  workspace?: string;
}

/** Input and output of each command. */
export interface Commands {
  workspaces: [Record<string, never>, WorkspaceInfo[]];
  addPeople: [InWorkspace & { people: NewPerson[] }, string[]];
  person: [InWorkspace & { cioId: string }, SandboxPerson | null];
  people: [InWorkspace, SandboxPerson[]];
  events: [InWorkspace & { cioId: string }, readonly PersonEvent[]];
  createdPeople: [InWorkspace, SandboxPerson[]];
  removePerson: [InWorkspace & { cioId: string }, boolean];
  setAttributes: [InWorkspace & { cioId: string; attributes: Attributes; at?: number }, boolean];
  lagIndex: [InWorkspace & { ms: number }, null];
  catchUpIndex: [InWorkspace, null];
  mergePeople: [InWorkspace & { primary: string; secondary: string }, null];
  seedDemoPeople: [InWorkspace, null];
  workspaceRates: [InWorkspace, Record<Api, Rates>];
  rates: [Record<string, never>, Record<Api, Rates>];
  requests: [{ filter?: Serializable<RequestFilter> }, LoggedRequest[]];
  addFault: [Omit<Fault, 'match'> & { match?: Serializable<FaultMatch> }, number];
  faultHits: [{ id: number }, number];
  removeFault: [{ id: number }, null];
  clearFaults: [Record<string, never>, null];
  reset: [Record<string, never>, null];
}

/** Encodes the regular expression of a filter for JSON. */
export function encodePath<T extends { path?: RegExp }>({ path, ...others }: T): Serializable<T> {
  return { ...others, ...(path && { path: { source: path.source, flags: path.flags } }) };
}

/** Decodes what `encodePath` encoded. */
export function decodePath<T extends { path?: Pattern }>({
  path,
  ...others
}: T): Omit<T, 'path'> & { path?: RegExp } {
  return { ...others, ...(path && { path: new RegExp(path.source, path.flags) }) };
}
