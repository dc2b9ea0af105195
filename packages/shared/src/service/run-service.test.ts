import { CONFIG_EXIT_CODE, ConfigError, errorsIn } from '../config/parse-env';
import { CHECK_CONFIG, runService } from './run-service';

const { argv } = process;
const start = jest.fn();
let printed: string;

beforeEach(() => {
  printed = '';
  process.argv = [...argv, CHECK_CONFIG];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.argv = argv;
  process.exitCode = undefined;
});

test('--check-config names every mistake, exits with 78 and starts nothing', async () => {
  const mistakes = ['ONE is required', 'OTHER: must be a port'];
  const readConfig = () => {
    throw new ConfigError(mistakes);
  };
  await runService('ingest', readConfig, start);
  expect(process.exitCode).toBe(CONFIG_EXIT_CODE);
  expect(errorsIn(printed.split('\n'))).toEqual(mistakes);
  expect(start).not.toHaveBeenCalled();
});

test('--check-config says nothing of a configuration that is right, and starts nothing', async () => {
  await runService('ingest', () => ({ logLevel: 'info' }), start);
  expect([process.exitCode, printed]).toEqual([undefined, '']);
  expect(start).not.toHaveBeenCalled();
});
