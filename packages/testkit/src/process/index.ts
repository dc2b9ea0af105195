export { freePort, tryPort } from './free-port';
export { inheritedEnv } from './inherited-env';
export { OwnedProcess, type Exit, type ProcessOptions } from './owned-process';
export { ServiceStartError, spawnService, type Service, type ServiceOptions } from './spawn-service';
export { waitFor, type WaitOptions } from './wait-for';
