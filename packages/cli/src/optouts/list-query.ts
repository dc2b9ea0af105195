import { Option, type Command } from 'commander';
import { workspaceOf, type OptOutFilter, type everyOptOut } from '@optout-sync/operations';
import { readConsentPolicies, readRoutes, type Env } from '@optout-sync/shared/config';
import { Channel, EventSource, Reason } from '@optout-sync/shared/domain';
import { addSpanOptions } from '../frame/options';

/** The options that select ledger entries. */
export interface FilterOptions extends OptOutFilter {
  /** False with `--no-match`. */
  readonly match: boolean;
}

export type Query = Parameters<typeof everyOptOut>[1];

/** @param stateDefault which states are selected without `--state`, for its help */
export function addFilterOptions(command: Command, stateDefault: string): Command {
  command
    .addOption(
      new Option(
        '--state <state>',
        `the state by the consent policy of the workspace, or with --sender (default: ${stateDefault})`,
      ).choices(['stopped', 'started']),
    )
    .option('--workspace <name>', 'only this workspace')
    .addOption(new Option('--channel <channel>', 'only this channel').choices(Channel.options))
    .option('--sender <sender>', 'the state with this sender of yours alone: MG... or a number')
    .addOption(
      new Option('--source <source>', 'only who was opted out, or in, by a message of this source').choices(
        EventSource.options,
      ),
    )
    .addOption(
      new Option('--reason <reason>', 'only who was opted out, or in, for this reason').choices(
        Reason.options,
      ),
    )
    .option('--pending', 'only entries that Customer.io does not hold yet, a START too', false)
    .option('--no-match', 'only entries whose latest event found nobody with the number');
  return addSpanOptions(command, 'in that state');
}

/** @param state the state that is selected where the options name none */
export function readQuery(
  env: Env,
  { match, workspace: name, ...filter }: FilterOptions,
  state: OptOutFilter['state'],
  cursor: string | undefined,
): Query {
  const workspace = name === undefined ? undefined : workspaceOf(readRoutes(env), name);
  const policies = new Map(readConsentPolicies(env).map(({ name: of, policy }) => [of, policy]));
  return {
    filter: { ...filter, state: filter.state ?? state, workspace, noMatch: !match },
    policies,
    cursor,
  };
}
