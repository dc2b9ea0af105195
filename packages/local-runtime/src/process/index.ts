export { freePort, tryPort } from './free-port';
export { onAnyPort } from './on-any-port';
export { OwnedProcess, inheritedEnv } from './owned-process';
export { spawnService, type ServiceProcess } from './spawn-service';
export { waitFor } from './wait-for';
