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

test('--check-config prints every error, exits with 78 and starts nothing', async () => {
  const errors = ['ONE is required', 'OTHER: must be a port'];
  const readConfig = () => {
    throw new ConfigError(errors);
  };
  await runService('ingest', readConfig, start);
  expect(process.exitCode).toBe(CONFIG_EXIT_CODE);
  expect(errorsIn(printed.split('\n'))).toEqual(errors);
  expect(start).not.toHaveBeenCalled();
});

test('--check-config prints nothing for a valid configuration and starts nothing', async () => {
  await runService('ingest', () => ({ logLevel: 'info' }), start);
  expect([process.exitCode, printed]).toEqual([undefined, '']);
  expect(start).not.toHaveBeenCalled();
});
