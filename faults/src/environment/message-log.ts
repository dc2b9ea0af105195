import { waitFor } from '@optout-sync/local-runtime/process';
import { TcpProxy } from '@optout-sync/testkit';
import { AUTH_TOKEN } from '@optout-sync/testkit/system';
import { TWILIO_ACCOUNT_SID, startTwilioApi, type TwilioApi } from '@optout-sync/twilio-simulator';

const KEY = { sid: `SK${'0'.repeat(32)}`, secret: 'a-secret-of-that-key', accountSid: TWILIO_ACCOUNT_SID };

/** Twilio's message log, which the worker reads over a TCP proxy. */
export class MessageLog {
  private constructor(
    private readonly api: TwilioApi,
    readonly proxy: TcpProxy,
  ) {}

  static async start(): Promise<MessageLog> {
    const api = await startTwilioApi({ [TWILIO_ACCOUNT_SID]: AUTH_TOKEN });
    api.addKey(KEY);
    return new MessageLog(api, await TcpProxy.start({ port: Number(new URL(api.url).port) }));
  }

  /** What the worker needs in its environment to read it. */
  get env(): Record<string, string> {
    return {
      SENT_CHECK_PERIOD: '1s',
      TWILIO_ACCOUNT_SID,
      TWILIO_API_KEY: KEY.sid,
      TWILIO_API_SECRET: KEY.secret,
      TWILIO_API_URL: `http://127.0.0.1:${String(this.proxy.port)}`,
    };
  }

  /** Answers the next requests with a status. */
  refuse(status: number, requests: number): void {
    this.api.failNext(...Array.from({ length: requests }, () => ({ status })));
  }

  /** Waits until the worker has asked for it once more. */
  async isRead(): Promise<void> {
    const before = this.api.requests.length;
    await waitFor(() => this.api.requests.length > before, {
      what: 'the worker to read the message log',
      timeoutMs: 120_000,
    });
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.api.stop();
  }
}
