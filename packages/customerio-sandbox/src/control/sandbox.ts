import type { LoggedRequest, RequestFilter } from '../exchange/request-log';
import type { Fault, FaultHandle } from '../faults/fault';
import type { Api, Region } from '../workspace/options';
import type { Rates } from '../workspace/rate-meter';
import type { SandboxWorkspace } from '../workspace/workspace';

/** A running sandbox. */
export interface CustomerIoSandbox {
  /** Base URL of the default workspace's region, for both APIs. */
  readonly url: string;
  readonly appUrl: string;
  readonly trackUrl: string;
  readonly urls: Readonly<Record<Region, string>>;
  /** The default workspace, or the named one. @throws {Error} for an unknown name */
  workspace(name?: string): SandboxWorkspace;
  workspaces(): SandboxWorkspace[];
  /** All requests received, oldest first, those with unknown credentials included. */
  requests(filter?: RequestFilter): LoggedRequest[];
  /** Requests received over all workspaces, those with unknown credentials included. */
  rates(): Record<Api, Rates>;
  /** Activates a fault, behind those that are already active. */
  fault(fault: Fault): FaultHandle;
  clearFaults(): void;
  /** Returns to the state after the start: no people, requests, rates or faults. */
  reset(): void;
  /** Stops at once and closes all open connections. Idempotent. */
  stop(): Promise<void>;
}
