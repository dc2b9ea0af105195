import type { Fault, FaultHandle } from './faults/fault';
import type { Api } from './http/routes';
import type { Region } from './options';
import type { Rates } from './rate-meter';
import type { LoggedRequest, RequestFilter } from './request-log';
import type { SandboxWorkspace } from './workspace';

/**
 * A stand-in for Customer.io's App and Track APIs over real HTTP, in memory. Each region is a server on a port of its
 * own that serves both APIs, told apart by path. At the wrong region the App API answers 401 and Track redirects.
 */
export interface CustomerIoSandbox {
  /** Base URL of the default workspace's region, for both APIs. */
  readonly url: string;
  readonly appUrl: string;
  readonly trackUrl: string;
  readonly urls: Readonly<Record<Region, string>>;
  /** The default workspace, or the named one. @throws when there is none of that name */
  workspace(name?: string): SandboxWorkspace;
  workspaces(): SandboxWorkspace[];
  /** What arrived, oldest first, whoever's credentials it had. */
  requests(filter?: RequestFilter): LoggedRequest[];
  /** How many requests arrived over all workspaces, without credentials included. */
  rates(): Record<Api, Rates>;
  /** Puts a fault in force, behind those already there. */
  fault(fault: Fault): FaultHandle;
  clearFaults(): void;
  /** As just started: no people, requests, rates or faults. */
  reset(): void;
  /** Stops at once; open connections are cut. Safe to call twice. */
  stop(): Promise<void>;
}
