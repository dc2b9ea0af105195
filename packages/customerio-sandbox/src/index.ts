export type { Operation } from './api/operation';
export { connectSandboxControl, type SandboxControl } from './control/connect';
export { DEMO_PHONES, seedDemoPeople } from './control/demo-people';
export type { CustomerIoSandbox } from './control/sandbox';
export type { WorkspaceInfo } from './control/workspace-info';
export type { FaultEffect } from './faults/fault';
export { startCustomerIoSandbox } from './start-sandbox';
export type { SandboxOptions } from './workspace/options';
export { SandboxWorkspace } from './workspace/workspace';
