import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { OperationError } from '../operation-error';

/** What writing the file does to each variable. */
interface EnvFileChange {
  readonly name: string;
  readonly change: 'added' | 'changed' | 'unchanged';
}

/**
 * Writes variables to a file such as `.env`, readable by its owner only. An existing file keeps its other lines.
 *
 * @throws {OperationError} `env_file_failed`, `env_value_invalid`
 */
export function writeEnvFile(path: string, values: Readonly<Record<string, string>>): EnvFileChange[] {
  const present = readLines(path);
  const lines = [...present];
  const changes = Object.entries(values).map(([name, value]): EnvFileChange => {
    const line = `${name}=${quoted(name, value)}`;
    const at = lines.findIndex((one) => new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`).test(one));
    if (at < 0) lines.push(line);
    else if (lines[at] === line) return { name, change: 'unchanged' };
    else lines[at] = line;
    const hadValue = at >= 0 && !/=\s*$/.test(present[at] ?? '');
    return { name, change: hadValue ? 'changed' : 'added' };
  });
  write(path, `${lines.join('\n')}\n`);
  return changes;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').replace(/\n$/, '').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw failure(path, 'read', error);
  }
}

function write(path: string, content: string): void {
  try {
    writeFileSync(path, content, { mode: 0o600 });
    // The mode above is for a new file.
    chmodSync(path, 0o600);
  } catch (error) {
    throw failure(path, 'written', error);
  }
}

function failure(path: string, verb: string, error: unknown): OperationError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return new OperationError(
    'env_file_failed',
    `${path} cannot be ${verb} (${code}); nothing was changed`,
    'failed',
  );
}

/** Both Node and Docker Compose read a text in single quotes as it is. */
function quoted(name: string, value: string): string {
  if (/^[\w./:@,+%=?&~-]*$/.test(value)) return value;
  if (!/['\n\r]/.test(value)) return `'${value}'`;
  throw new OperationError('env_value_invalid', `${name} may hold neither ' nor a line break`);
}
