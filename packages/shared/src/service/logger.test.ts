import { createLogger } from './logger';

describe('createLogger', () => {
  function lineOf(write: (log: ReturnType<typeof createLogger>) => void, options = {}): string {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    write(createLogger({ service: 'test', level: 'info', ...options }, destination));
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

  it('masks numbers without a plus where a workspace stores such, and no time', () => {
    const write = (log: ReturnType<typeof createLogger>): void => {
      log.info(
        { phone: '14155550123', at: 1_772_013_598_000, national: '0441234567', sid: `SM${'1'.repeat(32)}` },
        'GET /people?phone=14155550123&x=1',
      );
    };
    const line = lineOf(write, { hasBareNumbers: true });
    expect(line).not.toMatch(/4155550123|0441234567/);
    expect(JSON.parse(line)).toMatchObject({ at: 1_772_013_598_000, sid: `SM${'1'.repeat(32)}` });
    expect(JSON.parse(line)).toHaveProperty('time', expect.any(Number));
    expect(lineOf(write)).toContain('14155550123');
  });

  it('names the process and the release in each line', () => {
    const line = lineOf((log) => {
      log.info('text');
    });
    expect(JSON.parse(line)).toMatchObject({
      service: 'test',
      instance: expect.stringMatching(new RegExp(`.:${String(process.pid)}$`)) as string,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
  });

  it('writes text for people, without what a terminal would act on and without whole phone numbers', () => {
    const line = lineOf(
      (log) => {
        log.warn({ code: 'spool_full', phone: '+14155550123', path: '\\u001b \u202e' }, 'full \u001b[2J');
      },
      { format: 'pretty' },
    );
    expect(line).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: full .*"code":"spool_full"/);
    expect(line).not.toContain('4155550123');
    expect(line.trimEnd()).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(line.trimEnd().split('\n')).toHaveLength(1);
  });

  it('keeps a message on one line, so that none can look like two', () => {
    const text = 'full\n[12:00:00.000] INFO: forged\rforged';
    const line = lineOf(
      (log) => {
        log.warn(text);
      },
      { format: 'pretty' },
    );
    expect(line.trimEnd()).not.toMatch(/\p{Cc}/u);
    expect(line).toContain(String.raw`full\n[12:00:00.000] INFO: forged\rforged`);
  });

  it('escapes what a terminal would act on', () => {
    const text = 'a\u001b[2J\u009b31m\u007f\u202eb';
    const line = lineOf((log) => {
      log.info({ path: text }, text);
    });
    expect(line.trimEnd()).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(line)).toMatchObject({ path: text, msg: text });
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
