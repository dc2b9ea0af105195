import { freePort } from '@optout-sync/local-runtime/process';
import {
  TWILIO_ACCOUNT_SID as SID,
  loggedInbound,
  startTwilioApi,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { messagePages } from './message-log';

const TOKEN = 'right';
const AT = Date.parse('2026-02-25T10:00:00Z');

let api: TwilioApi;
beforeEach(async () => {
  api = await startTwilioApi({ [SID]: TOKEN });
});
afterEach(() => api.stop());

async function read({
  authTokens = [TOKEN],
  since = AT,
  until = AT + 10_000,
  apiUrl = api.url,
  retryMs = 1,
} = {}) {
  const pages: { sid: string }[][] = [];
  for await (const page of messagePages({ sid: SID, authTokens }, { since, until }, { apiUrl, retryMs })) {
    pages.push(page as { sid: string }[]);
  }
  return pages;
}
const message = (afterMs: number) => loggedInbound(new Date(AT + afterMs));

describe('messagePages', () => {
  it('reads the log page by page to its end', async () => {
    const all = Array.from({ length: 2_500 }, () => message(1_000));
    api.log(...all);
    const pages = await read();
    expect(pages.map((page) => page.length)).toEqual([1_000, 1_000, 500]);
    expect(new Set(pages.flat().map(({ sid }) => sid))).toEqual(new Set(all.map(({ sid }) => sid)));
    expect(api.requests[0]).toContain('PageSize=1000');
  });

  it('yields the messages of the span, rounded outwards to seconds, both ends included', async () => {
    const inside = [message(0), message(5_000), message(10_000)];
    api.log(message(-1_000), ...inside, message(11_000));
    const pages = await read({ since: AT + 200, until: AT + 9_900 });
    expect(new Set(pages.flat().map(({ sid }) => sid))).toEqual(new Set(inside.map(({ sid }) => sid)));
    expect(await read({ since: AT + 20_000, until: AT + 30_000 })).toEqual([[]]);
  });

  it('retries rate limits, server errors and lost connections without missing a message', async () => {
    api.log(...Array.from({ length: 1_001 }, () => message(0)));
    api.failNext(
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 429 },
      { status: 503 },
      { status: 0 },
    );
    expect((await read()).map((page) => page.length)).toEqual([1_000, 1]);
    expect(api.requests).toHaveLength(6);
  });

  it('waits for the Retry-After of a 429', async () => {
    api.failNext({ status: 429, headers: { 'retry-after': '1' } });
    const startedAt = performance.now();
    await read();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  });

  it.each([
    ['twilio_rate_limited', 429, 6],
    ['twilio_unreachable', 500, 6],
    ['twilio_unreachable', 0, 6],
    ['twilio_refused', 404, 1],
    ['twilio_refused', 301, 1],
    ['twilio_unauthorized', 401, 1],
  ])('fails with %s when every response is %i', async (code, status, attempts) => {
    api.failNext(...Array.from({ length: 10 }, () => ({ status })));
    await expect(read()).rejects.toMatchObject({ code });
    expect(api.requests).toHaveLength(attempts);
  });

  it('fails when nothing listens', async () => {
    const apiUrl = `http://127.0.0.1:${String(await freePort())}`;
    await expect(read({ apiUrl })).rejects.toMatchObject({ code: 'twilio_unreachable' });
  });

  it('uses whichever token is valid', async () => {
    api.log(message(0));
    expect(await read({ authTokens: ['not yet', TOKEN] })).toHaveLength(1);
    await expect(read({ authTokens: ['wrong', 'too'] })).rejects.toMatchObject({
      code: 'twilio_unauthorized',
    });
  });

  it.each([
    ['no JSON', '<html>'],
    ['another shape', '{"messages":"many"}'],
    ['a next page on another host', '{"messages":[],"next_page_uri":"https://elsewhere.example.com/2010"}'],
  ])('rejects a response with %s', async (_, body) => {
    api.failNext({ status: 200, body });
    await expect(read()).rejects.toMatchObject({ code: 'twilio_answer_not_understood' });
    expect(api.requests).toHaveLength(1);
  });
});
