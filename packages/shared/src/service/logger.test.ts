import { createLogger } from './logger';

describe('createLogger', () => {
  function lineOf(write: (log: ReturnType<typeof createLogger>) => void): string {
    const lines: string[] = [];
    write(createLogger({ service: 'test', level: 'info' }, { write: (line) => void lines.push(line) }));
    return lines.join('');
  }

  it('masks whole phone numbers in every part of a line', () => {
    const line = lineOf((log) => {
      log.info({ phone: '+14155550123', nested: { list: ['whatsapp:+14155550123'] } }, 'from +14155550123');
      log.error({ err: new Error('GET /x?phone=%2B14155550123 failed') }, 'failed');
    });
    expect(line).not.toContain('4155550123');
    expect(line.match(/1415\*{5}23/g)?.length).toBeGreaterThanOrEqual(4);
  });

  it('redacts secrets and message bodies', () => {
    const line = lineOf((log) => {
      log.info({
        authorization: 'Basic s3cret',
        config: { authToken: 's3cret', body: 's3cret' },
        Body: 's3cret',
      });
    });
    expect(line).not.toContain('s3cret');
  });

  it('writes the message and code of an error, but not its other properties', () => {
    const error = Object.assign(new Error('timed out'), { code: 'ECONNABORTED', config: { auth: 's3cret' } });
    const line = lineOf((log) => {
      log.error({ err: error }, 'failed');
    });
    expect(line).toContain('ECONNABORTED');
    expect(line).not.toContain('s3cret');
  });
});
