import { sendRequest, type TwilioAnswer } from '../webhooks/http-request';
import { encodeParams } from '../webhooks/params';
import { sendTwilioJson, sendTwilioWebhook } from '../webhooks/send-webhook';
import type { CommonOptions } from './common-options';
import { resolveCredentials, type WebhookTarget } from './target';
import { SimulatorError, type Terminal } from './terminal';
import { readFirst, readVariable } from './variables';

export type ContentType = 'form' | 'json';

/** A caller of the Studio route. */
export interface StudioCaller {
  readonly account: string | undefined;
  readonly proof: string;
  send(target: WebhookTarget, params: Record<string, string>, as: ContentType): Promise<TwilioAnswer>;
}

/** A flow, whose requests Twilio signs. @throws {SimulatorError} when the account is unknown */
export function flow(options: CommonOptions, env: Terminal['env']): StudioCaller {
  const { account, authToken, proof } = resolveCredentials(options, env);
  return {
    account,
    proof,
    send: (target, params, as) =>
      as === 'form'
        ? sendTwilioWebhook({ ...target, params, authToken })
        : sendTwilioJson({ ...target, body: params, authToken }),
  };
}

/**
 * A Function, or any other caller with the token; `token: true` uses STUDIO_TOKEN of the environment.
 *
 * @throws {SimulatorError} when no token is known
 */
export function tokenBearer(
  options: CommonOptions & { readonly token: string | true },
  env: Terminal['env'],
): StudioCaller {
  const token = options.token === true ? readFirst(env, 'STUDIO_TOKEN') : options.token;
  if (token === undefined) throw new SimulatorError('--token needs a token: STUDIO_TOKEN is not set.');
  const authorization = `Bearer ${token}${options.forge ? '-forged' : ''}`;
  return {
    account: options.account ?? readVariable(env, 'TWILIO_ACCOUNT_SID'),
    proof: options.forge ? 'an invalid bearer token' : 'the bearer token',
    send: ({ connectUrl, headers }, params, as) => {
      const [type, body] =
        as === 'form'
          ? ['application/x-www-form-urlencoded', encodeParams(params)]
          : ['application/json', JSON.stringify(params)];
      const length = String(Buffer.byteLength(body));
      return sendRequest({
        method: 'POST',
        url: connectUrl,
        headers: { 'content-type': type, 'content-length': length, authorization, ...headers },
        body,
      });
    },
  };
}
