import fc from 'fast-check';
import { classify } from './keywords';

describe('classify', () => {
  it.each([
    'STOP',
    'StopAll',
    'unsubscribe',
    'Cancel',
    'end',
    'quit',
    'REVOKE',
    'OptOut',
    ' stop\n',
    'ＳＴＯＰ',
    's\u200btop',
  ])('takes %p for an opt-out', (body) => {
    expect(classify({ body }).kind).toBe('stop');
  });

  it.each(['START', 'yes', 'Unstop'])('takes %p for an opt-in', (body) => {
    expect(classify({ body }).kind).toBe('start');
  });

  it.each(['HELP', 'info'])('takes %p for a call for help', (body) => {
    expect(classify({ body }).kind).toBe('help');
  });

  it.each([
    "Stop, that's so funny",
    'stop stop',
    'please stop',
    '',
    'nonstop',
    '__proto__',
    'constructor',
    'S T O P',
  ])('takes %p for nothing', (body) => {
    expect(classify({ body })).toEqual({ kind: 'none' });
  });

  it("takes Twilio's verdict over the body", () => {
    expect(classify({ optOutType: 'STOP', body: 'arret' })).toEqual({ kind: 'stop' });
    expect(classify({ optOutType: 'HELP', body: 'STOP' })).toEqual({ kind: 'help' });
    expect(classify({ optOutType: 'start', body: 'hola' })).toEqual({ kind: 'start' });
  });

  it('reads the body when the verdict is none it knows', () => {
    expect(classify({ optOutType: 'PAUSE', body: 'stop' })).toEqual({ kind: 'stop', keyword: 'STOP' });
    expect(classify({ optOutType: '', body: 'stop' })).toEqual({ kind: 'stop', keyword: 'STOP' });
  });

  it('finds no keyword in a longer message of other letters', () => {
    const word = fc.constantFrom('STOP', 'START', 'HELP', 'quit', 'Yes');
    fc.assert(
      fc.property(word, fc.stringMatching(/^[a-z]{1,9}$/), (keyword, rest) => {
        expect(classify({ body: `${keyword} ${rest}` })).toEqual({ kind: 'none' });
      }),
    );
  });
});
