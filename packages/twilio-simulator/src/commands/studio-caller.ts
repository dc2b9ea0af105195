import { request, type TwilioAnswer } from '../http-request';
import { encodeParams } from '../params';
import { sendTwilioJson, sendTwilioWebhook } from '../send-webhook';
import type { CommonOptions } from './common-options';
import { firstOf, setting } from './settings';
import { credentials, type Target } from './target';
import { SimulatorError, type Terminal } from './terminal';

export type ContentType = 'form' | 'json';

/** Who calls the Studio route. */
export interface Caller {
  readonly account: string | undefined;
  readonly proof: string;
  send(target: Target, params: Record<string, string>, as: ContentType): Promise<TwilioAnswer>;
}

/** A flow, for which Twilio signs. */
export function flow(options: CommonOptions, env: Terminal['env']): Caller {
  const { account, authToken, proof } = credentials(options, env);
  return {
    account,
    proof,
    send: (target, params, as) =>
      as === 'form'
        ? sendTwilioWebhook({ ...target, params, authToken })
        : sendTwilioJson({ ...target, body: params, authToken }),
  };
}

/** A Function, or anybody else who knows the token; `true` stands for that of the environment. */
export function tokenBearer(
  options: CommonOptions & { readonly token: string | true },
  env: Terminal['env'],
): Caller {
  const token = options.token === true ? firstOf(env, 'STUDIO_TOKEN') : options.token;
  if (token === undefined) throw new SimulatorError('--token needs a token: none is set in STUDIO_TOKEN.');
  const authorization = `Bearer ${token}${options.forge ? '-forged' : ''}`;
  return {
    account: options.account ?? setting(env, 'TWILIO_ACCOUNT_SID'),
    proof: options.forge ? 'a wrong bearer token' : 'the bearer token',
    send: ({ connectUrl, headers }, params, as) => {
      const [type, body] =
        as === 'form'
          ? ['application/x-www-form-urlencoded', encodeParams(params)]
          : ['application/json', JSON.stringify(params)];
      const length = String(Buffer.byteLength(body));
      return request({
        method: 'POST',
        url: connectUrl,
        headers: { 'content-type': type, 'content-length': length, authorization, ...headers },
        body,
      });
    },
  };
}
