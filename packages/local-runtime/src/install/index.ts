export { aptSteps, runInstallation } from './package-manager';
export { searchPath } from './search-path';
