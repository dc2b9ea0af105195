import { Command } from 'commander';
import {
  OperationError,
  customerIoInstructions,
  runDoctor,
  type CustomerIoInstructions,
} from '@optout-sync/operations';
import { findingsText } from '../doctor/findings-text';
import { addExamples } from '../frame/examples';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { printJson } from '../frame/json';
import { jsonOption } from '../frame/options';
import type { Terminal } from '../frame/terminal';

/** `setup customerio`: checks keys and the phone attribute, and says what to create in the workspace. */
export function setupCustomerIoCommand(terminal: Terminal): Command {
  const command = new Command('customerio')
    .description(
      'Check the keys and the phone attribute of each workspace, and print what to create at Customer.io: the workflows that ' +
        'report new people, and a campaign as destination. Changes nothing.',
    )
    .option('--workspace <name>', 'only this workspace (default: all)')
    .addOption(jsonOption())
    .action(async ({ workspace, json }: { workspace?: string; json: boolean }) => {
      const instructions = select(customerIoInstructions(terminal.env), workspace);
      const findings = await runDoctor(terminal.env, { areas: ['customerio'], usesRedis: false });
      if (json) printJson(terminal, { findings, instructions }, { reveal: true });
      else
        terminal.out([findingsText(terminal, findings), ...instructions.map(instructionsText)].join('\n\n'));
      if (findings.some(({ level }) => level === 'failure')) throw new ExitStatus(EXIT.failed);
    });
  return addExamples(
    command,
    'optout-sync setup customerio',
    'optout-sync setup customerio --workspace shop --json',
  );
}

function select(all: readonly CustomerIoInstructions[], name: string | undefined): CustomerIoInstructions[] {
  const selected = all.filter(({ workspace }) => name === undefined || workspace === name);
  if (selected.length > 0) return selected;
  const names = all.map(({ workspace }) => workspace).join(', ');
  throw new OperationError(
    'workspace_unknown',
    `this workspace is not configured; the configured workspaces are ${names}`,
  );
}

function instructionsText({ workspace, people, campaign }: CustomerIoInstructions): string {
  const { action, segment, hasToken, tokenSetting } = people;
  const token = hasToken
    ? `The token is that of ${tokenSetting}.`
    : `First choose a token (openssl rand -hex 32), set it as ${tokenSetting} of ingest, and restart ingest.`;
  return [
    `Workspace ${workspace}: the workflows that report people (docs/people-webhook.md)`,
    `  1. ${token}`,
    `  2. Create the segment "Has a phone number": ${segment}.`,
    '  3. Create a workflow whose trigger is that a person enters that segment, and one whose',
    '     trigger is that the number changes. People may enter the second every time.',
    '  4. In both, the first step is "Send and receive data", sent automatically:',
    '',
    `     ${action.method} ${action.url}`,
    ...Object.entries(action.headers).map(([name, value]) => `     ${name}: ${value}`),
    '',
    `     ${JSON.stringify(action.body)}`,
    '',
    '  5. Send a test: the answer is 202 {"status":"accepted"}.',
    '',
    `Workspace ${workspace}: a campaign as destination, optional (docs/configuration.md)`,
    campaign.isConfigured
      ? `  ${campaign.setting} is set: the campaign gets every STOP and START.`
      : `  1. Create a webhook-triggered campaign, and set its URL as ${campaign.setting} of the worker.`,
    ...(campaign.isConfigured ? [] : ['  2. Send it this sample, so that its variables are known there:']),
    '',
    ...JSON.stringify(campaign.sample, null, 2)
      .split('\n')
      .map((line) => `     ${line}`),
  ].join('\n');
}
