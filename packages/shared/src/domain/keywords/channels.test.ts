import { createClassifier, type MessageText } from './classify';
import { DEFAULT_KEYWORDS, type KeywordSettings } from './keyword-settings';
import { STOP_PROMOTIONS_BUTTONS } from './whatsapp-buttons';

const US = '+14155550100';
const WHATSAPP = 'whatsapp:+14155550100';
const classified = (message: Partial<MessageText>, settings: Partial<KeywordSettings> = {}) =>
  createClassifier({ ...DEFAULT_KEYWORDS, ...settings })({ body: '', to: US, ...message });

describe("Meta's button against marketing messages", () => {
  it.each(STOP_PROMOTIONS_BUTTONS)('opts out on WhatsApp: %s', (body) => {
    for (const text of [body, body.toUpperCase(), ` ${body.normalize('NFD')}.`]) {
      expect(classified({ body: text, to: WHATSAPP })).toMatchObject({ kind: 'stop' });
    }
  });

  it('is no keyword on other channels, or as a part of a message', () => {
    expect(classified({ body: 'Stop promotions' })).toEqual({ kind: 'none' });
    expect(classified({ body: 'Stop promotions', to: 'rcs:agent' })).toEqual({ kind: 'none' });
    expect(classified({ body: 'Can you stop promotions for me?', to: WHATSAPP })).toEqual({ kind: 'none' });
  });

  it("stays where a country has a list of its own, and beside that list's words", () => {
    const countries = { US: { stop: ['ENDE'] } };
    expect(classified({ body: 'Stop promotions', to: WHATSAPP }, { countries })).toMatchObject({
      kind: 'stop',
    });
    expect(classified({ body: 'ende', to: WHATSAPP }, { countries })).toMatchObject({ kind: 'stop' });
    expect(classified({ body: 'cancel', to: WHATSAPP }, { countries })).toEqual({ kind: 'none' });
  });
});

describe('the payload of a button', () => {
  it.each([
    ['STOP', { kind: 'stop', keyword: 'STOP' }],
    ['unsubscribe', { kind: 'stop', keyword: 'UNSUBSCRIBE' }],
    ['START', { kind: 'start', keyword: 'START' }],
    ['HELP', { kind: 'help', keyword: 'HELP' }],
    ['stop_id_17', { kind: 'none' }],
    ['', { kind: 'none' }],
  ])('counts where it is a keyword: %p', (buttonPayload, classification) => {
    expect(classified({ body: 'Not for me', buttonPayload, to: WHATSAPP })).toEqual(classification);
  });

  it('is the whole keyword also where a message may contain it', () => {
    const message = { body: 'Not for me', buttonPayload: 'please stop', to: WHATSAPP };
    expect(classified(message, { match: 'contains' })).toEqual({ kind: 'none' });
  });

  it('and the text: the opt-out wins, whichever has it', () => {
    expect(classified({ body: 'START', buttonPayload: 'STOP' })).toMatchObject({ kind: 'stop' });
    expect(classified({ body: 'STOP', buttonPayload: 'START' })).toMatchObject({ kind: 'stop' });
    expect(classified({ body: 'HELP', buttonPayload: 'START' })).toMatchObject({ kind: 'start' });
  });

  it('is no opt-in when it is YES: the button answers another question', () => {
    expect(classified({ body: "Yes, I'll be there", buttonPayload: 'YES', to: WHATSAPP })).toEqual({
      kind: 'none',
    });
  });

  it('opts in to a toll-free number by its words alone', () => {
    const languages = { es: 'default' } as const;
    expect(classified({ body: 'Sí', buttonPayload: 'ALTA', to: '+18885550100' }, { languages })).toEqual({
      kind: 'none',
    });
  });

  it("does not change Twilio's own classification", () => {
    expect(classified({ optOutType: 'START', body: '', buttonPayload: 'STOP' })).toEqual({ kind: 'start' });
  });
});

describe('the country that Twilio names', () => {
  const countries = { FR: { stop: ['ARRET'] }, US: { stop: ['ENDE'] } };
  const kind = (message: Partial<MessageText>): string => classified(message, { countries }).kind;

  it('chooses the list of a short code, and of an RCS agent', () => {
    expect(kind({ body: 'arrêt', to: '36111', toCountry: 'FR' })).toBe('stop');
    expect(kind({ body: 'ende', to: '36111', toCountry: 'FR' })).toBe('none');
    expect(kind({ body: 'ende', to: '36111', toCountry: 'us' })).toBe('stop');
    expect(kind({ body: 'arrêt', to: 'rcs:brand_agent', toCountry: 'FR' })).toBe('stop');
  });

  it.each([undefined, '', 'XX', 'France'])('is the standard list when it is %p', (toCountry) => {
    expect(kind({ body: 'cancel', to: '36111', toCountry })).toBe('stop');
    expect(kind({ body: 'arrêt', to: '36111', toCountry })).toBe('none');
  });

  it('does not replace the country of our number', () => {
    expect(kind({ body: 'arrêt', to: US, toCountry: 'FR' })).toBe('none');
    expect(kind({ body: 'ende', to: US, toCountry: 'FR' })).toBe('stop');
  });
});
