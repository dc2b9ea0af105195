export { aptSteps, runInstallation, type Installation } from './package-manager';
export { searchPath } from './search-path';
