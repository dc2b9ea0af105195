import { logConsole } from './log-console';

describe('what libraries print', () => {
  const { warn, error } = console;
  afterEach(() => Object.assign(console, { warn, error }));

  it('is in the log, each text once', () => {
    const texts: unknown[] = [];
    logConsole({ warn: (_: object, text: string) => void texts.push(text) } as never);
    for (let n = 0; n < 3; n++) console.warn('[WARN] no password is %s', 'required');
    console.error('another');
    expect(texts).toEqual(['[WARN] no password is required', 'another']);
  });

  it('does not fill the memory', () => {
    const texts: unknown[] = [];
    logConsole({ warn: (_: object, text: string) => void texts.push(text) } as never);
    for (let n = 0; n < 500; n++) console.warn(String(n));
    expect(texts).toHaveLength(100);
  });
});
