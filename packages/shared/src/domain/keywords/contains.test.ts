import { classifierOf } from './test-support/classifier';

describe('match: contains', () => {
  const classified = classifierOf({
    match: 'contains',
    languages: { ja: 'default', th: { stop: ['หยุด'] }, fr: 'default', zh: { stop: ['退订'] } },
  });

  it.each([
    ['please STOP now', 'STOP'],
    ['I said: stop!', 'STOP'],
    ['i want to opt-out', 'OPT OUT'],
    ["s'il vous plaît arrêtez", 'ARRETEZ'],
    ['配信停止してください', '配信停止'],
    ['メールをストップして', 'ストップ'],
    ['請退订謝謝', '退订'],
    ['กรุณาหยุดส่ง', 'หยุด'],
  ])('finds the opt-out in %p: %p', (body, keyword) => {
    expect(classified(body)).toEqual({ kind: 'stop', keyword });
  });

  it.each([
    'nonstop flights',
    'stopping by',
    'the weekend',
    'ノンストップ便',
    'ストップウォッチ',
    'optional outing',
  ])('does not find a part of a word, as in %p', (body) => {
    expect(classified(body)).toEqual({ kind: 'none' });
  });

  it('prefers an opt-out to an opt-in and a request for help', () => {
    expect(classified('START or STOP?').kind).toBe('stop');
    expect(classified('help me stop this').kind).toBe('stop');
  });

  it('accepts an opt-in only as the whole message', () => {
    expect(classified('START').kind).toBe('start');
    expect(classified('when does the class start').kind).toBe('none');
    expect(classified('yes see you then').kind).toBe('none');
    expect(classified('START', '+18005550100').kind).toBe('start');
  });

  it('finds a request for help', () => {
    expect(classified('can you help me')).toEqual({ kind: 'help', keyword: 'HELP' });
  });

  it('ignores text beyond the length of a message', () => {
    expect(classified(`stop ${'la '.repeat(30_000)}`).kind).toBe('stop');
    expect(classified(`${'la '.repeat(30_000)} stop`).kind).toBe('none');
  });
});
