import { judge } from './test-support/classified';

describe('match: contains', () => {
  const judged = judge({
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
  ])('finds in %p the opt-out %p', (body, keyword) => {
    expect(judged(body)).toEqual({ kind: 'stop', keyword });
  });

  it.each([
    'nonstop flights',
    'stopping by',
    'the weekend',
    'ノンストップ便',
    'ストップウォッチ',
    'optional outing',
  ])('finds no part of a word, as in %p', (body) => {
    expect(judged(body)).toEqual({ kind: 'none' });
  });

  it('lets an opt-out win over an opt-in and a call for help', () => {
    expect(judged('START or STOP?').kind).toBe('stop');
    expect(judged('help me stop this').kind).toBe('stop');
  });

  it('takes an opt-in only when nothing else is said', () => {
    expect(judged('START').kind).toBe('start');
    expect(judged('when does the class start').kind).toBe('none');
    expect(judged('yes see you then').kind).toBe('none');
    expect(judged('START', '+18005550100').kind).toBe('start');
  });

  it('finds a call for help', () => {
    expect(judged('can you help me')).toEqual({ kind: 'help', keyword: 'HELP' });
  });

  it('reads no further than a message can be long', () => {
    expect(judged(`stop ${'la '.repeat(30_000)}`).kind).toBe('stop');
    expect(judged(`${'la '.repeat(30_000)} stop`).kind).toBe('none');
  });
});
