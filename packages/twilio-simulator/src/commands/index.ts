export { simulateCommand } from './simulate-command';
export { SimulatorError } from './terminal';
