export { connectSandboxControl, type SandboxControl } from './control/connect';
export { DEMO_PHONES, seedDemoPeople } from './demo-people';
export type { FaultEffect } from './faults/fault';
export type { Operation } from './http/routes';
export type { SandboxOptions } from './options';
export type { CustomerIoSandbox } from './sandbox';
export { startCustomerIoSandbox } from './start-sandbox';
export type { WorkspaceInfo } from './workspace-info';
export { SandboxWorkspace } from './workspace';
