/** An account with its senders, as far as they are configured. */
interface AccountSenders {
  readonly sid: string;
  /** The numbers of its Messaging Services. */
  readonly services?: Readonly<Record<string, readonly string[]>>;
  /** Its numbers outside of a service. */
  readonly numbers?: readonly string[];
}

/** For which senders an opt-out counts at Twilio, and whose they are. */
export interface SenderScope {
  /** The senders of Twilio's own opt-out: a Messaging Service, or a number and, where it is configured, the service it is in. */
  blockedWith(sender: string): readonly string[];
  /** The senders that an opt-out from this one is written for, by CONSENT_SCOPE. */
  optOutTargets(sender: string): readonly string[];
  /** The senders that an opt-in to this one is written for: it never counts for more than Twilio's own does. */
  optInTargets(sender: string): readonly string[];
  /** The SID of the account that a sender belongs to; `undefined` where several may have it and none names it. */
  accountOf(sender: string): string | undefined;
}

/** @param routes every configured account of the workspace */
export function senderScope(
  scope: 'sender' | 'service' | 'account',
  routes: readonly AccountSenders[],
): SenderScope {
  const ofNumber = new Map(
    routes.flatMap(({ services = {} }) =>
      Object.entries(services).flatMap(([service, numbers]) =>
        numbers.map((number) => [number, service] as const),
      ),
    ),
  );
  const named = new Map(
    routes.flatMap((route) =>
      [...sendersIn(route), ...Object.values(route.services ?? {}).flat()].map(
        (sender) => [sender, route.sid] as const,
      ),
    ),
  );
  const [first, ...others] = routes;
  const only = others.length === 0 ? first?.sid : undefined;
  const accountOf = (sender: string): string | undefined => named.get(sender) ?? only;
  const narrow = (sender: string): string => (scope === 'sender' ? sender : (ofNumber.get(sender) ?? sender));
  return {
    accountOf,
    blockedWith: (sender) => [...new Set([sender, ofNumber.get(sender) ?? sender])],
    optInTargets: (sender) => [narrow(sender)],
    optOutTargets(sender) {
      if (scope !== 'account') return [narrow(sender)];
      const account = routes.find(({ sid }) => sid === accountOf(sender));
      return [...new Set([narrow(sender), ...(account ? sendersIn(account) : [])])];
    },
  };
}

/** The configured Messaging Services of an account, and its numbers outside of one. */
function sendersIn({ services = {}, numbers = [] }: AccountSenders): string[] {
  return [...Object.keys(services), ...numbers];
}
