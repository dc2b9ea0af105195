import { CircuitState } from 'cockatiel';
import type { CircuitEvents } from '@optout-sync/customerio';
import { accountsOf, type ConsentsConfig } from '@optout-sync/shared/config';
import type { JobError } from '@optout-sync/shared/domain';
import type { OptionalDestination } from '../destinations/optional-destination';
import { twilioConsents } from '../destinations/twilio-consents';
import { senderScope } from '../domain/sender-scope';
import { openConsentsApi, type ConsentsApiDependencies } from '../twilio/consents-api';

export interface TwilioEvents {
  /** @param status the HTTP status, or the error code when there was no answer */
  twilioRequested(workspace: string, status: string): void;
  twilioBreakerChanged(workspace: string, account: string, state: CircuitState): void;
  /** `open` while Twilio is down, `blocked` while it rejects the key. */
  twilioChanged(
    workspace: string,
    account: string,
    state: 'closed' | 'open' | 'blocked',
    failure: JobError | undefined,
  ): void;
}

/** Promotes delayed jobs of the destination, at most so many. Never rejects. @returns whether it has any jobs */
export type PromoteConsents = (atMost?: number) => Promise<boolean>;

/** The destination of a workspace at Twilio; `undefined` where none of its accounts has one. */
export function openTwilio(
  workspace: string,
  { scope, apiUrl, accounts, routes }: ConsentsConfig,
  deps: Omit<ConsentsApiDependencies, 'telemetry'> & {
    readonly telemetry: TwilioEvents;
    readonly promoteConsents: PromoteConsents;
  },
): { readonly destination: OptionalDestination; close(): void } | undefined {
  const apis = accountsOf(accounts, workspace).map((account) => {
    const telemetry = {
      ...watchCircuit(workspace, account.sid, deps),
      requested(status: string) {
        deps.telemetry.twilioRequested(workspace, status);
      },
    };
    return [account.sid, openConsentsApi(account, apiUrl, { ...deps, telemetry })] as const;
  });
  if (apis.length === 0) return undefined;
  const writers = new Map(apis.map(([sid, { write }]) => [sid, write]));
  return {
    destination: twilioConsents(writers, senderScope(scope, accountsOf(routes, workspace))),
    close() {
      for (const [, api] of apis) api.close();
    },
  };
}

/** Reports outages and refused keys, and promotes delayed jobs: all as soon as the API works again, one now and then to probe. */
function watchCircuit(
  workspace: string,
  account: string,
  {
    telemetry,
    promoteConsents,
  }: { readonly telemetry: TwilioEvents; readonly promoteConsents: PromoteConsents },
): CircuitEvents {
  let breaker = CircuitState.Closed;
  let isBlocked = false;
  // The breaker counts transient failures alone: it is closed while the key is rejected.
  const report = (): void => {
    telemetry.twilioBreakerChanged(workspace, account, isBlocked ? CircuitState.Isolated : breaker);
  };
  report();
  return {
    breakerChanged(state) {
      breaker = state;
      report();
    },
    changed(state, failure) {
      isBlocked = state === 'blocked';
      report();
      telemetry.twilioChanged(workspace, account, state, failure);
      if (state === 'closed') void promoteConsents();
    },
    idle: () => promoteConsents(1),
  };
}
