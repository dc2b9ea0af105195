import { z } from 'zod';
import { isMessagingServiceSid } from '../domain/twilio-ids';
import type { WorkspaceOf } from '../domain/subject';
import type { AccountRoute, SenderRoute } from './account-route';
import { sender } from './fields';

/** @param workspace the schema of a workspace's name */
export const senderRoutes = <Workspace extends z.ZodType>(workspace: Workspace) =>
  z.array(z.strictObject({ senders: z.array(sender).min(1, 'needs at least one sender'), workspace }));

interface RoutedAccount {
  readonly routes?: readonly { readonly senders: readonly string[] }[] | undefined;
  readonly services?: Readonly<Record<string, readonly string[]>> | undefined;
}

/**
 * A refinement of an account: no sender is in two of its routes, and a number of a Messaging Service in none. Messages to such a
 * number have the service as their sender, so a route of the number alone would split the consents of its people.
 */
export function checkSenderRoutes(account: RoutedAccount, context: z.core.$RefinementCtx): void {
  const { routes, services } = account;
  if (!Array.isArray(routes)) return;
  const seen = new Set<string>();
  const serviceOf = new Map(
    Object.entries(services ?? {}).flatMap(([service, numbers]) =>
      (Array.isArray(numbers) ? numbers.map(String) : []).map((number) => [number, service]),
    ),
  );
  for (const [route, { senders }] of (routes as readonly Partial<SenderRoute>[]).entries()) {
    for (const [index, one] of (Array.isArray(senders) ? senders.map(String) : []).entries()) {
      const path = ['routes', route, 'senders', index];
      if (seen.has(one)) context.addIssue({ code: 'custom', path, message: 'is in another route already' });
      seen.add(one);
      const service = serviceOf.get(withoutChannel(one));
      if (service === undefined) continue;
      const message = `is a number of ${service}: name the service, whose route its numbers have`;
      context.addIssue({ code: 'custom', path, message });
    }
  }
}

/**
 * Returns the function that says which workspace a message belongs to: that of its sender's route, else that of its account. A
 * number of a configured Messaging Service has the route of the service, and a number on WhatsApp that of the number.
 */
export function workspaceByRoute(accounts: readonly AccountRoute[]): WorkspaceOf {
  const known = new Map(accounts.map((account) => [account.sid, { ...account, routed: bySender(account) }]));
  return (accountSid, sender) => {
    const account = known.get(accountSid);
    if (!account || sender === undefined) return account?.workspace;
    const { routed, workspace } = account;
    return routed.get(sender) ?? routed.get(withoutChannel(sender)) ?? workspace;
  };
}

/**
 * Returns the accounts that have senders of a workspace, each with those of its senders alone, as far as they are configured.
 *
 * @param workspace by the name that the workspaces of the accounts have here
 */
export function accountsOf<Account extends AccountRoute>(
  accounts: readonly Account[],
  workspace: string,
): Account[] {
  const workspaceOf = workspaceByRoute(accounts);
  return accounts.flatMap((account): Account[] => {
    const { sid, routes, services = {}, numbers = [] } = account;
    if (!routes) return account.workspace === workspace ? [account] : [];
    const routed = routes.flatMap(({ senders }) => senders);
    const senders = new Set(
      [...Object.keys(services), ...numbers, ...routed].filter((one) => workspaceOf(sid, one) === workspace),
    );
    if (senders.size === 0 && account.workspace !== workspace) return [];
    const [ownServices, ownNumbers] = [true, false].map((isService) =>
      [...senders].filter((one) => isMessagingServiceSid(one) === isService),
    ) as [string[], string[]];
    return [
      {
        ...account,
        services: Object.fromEntries(ownServices.map((service) => [service, services[service] ?? []])),
        numbers: ownNumbers,
      },
    ];
  });
}

function bySender({ routes = [], services = {} }: AccountRoute): ReadonlyMap<string, string> {
  return new Map(
    routes.flatMap(({ senders, workspace }) =>
      senders.flatMap((one) => [one, ...(services[one] ?? [])]).map((one) => [one, workspace] as const),
    ),
  );
}

/** The number of an address on WhatsApp; any other sender as it is. */
const withoutChannel = (sender: string): string => sender.replace(/^whatsapp:/, '');
