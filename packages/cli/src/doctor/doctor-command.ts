import { Command, Option } from 'commander';
import { AREAS, runDoctor, type Area, type Finding } from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { printJson } from '../frame/json';
import { jsonOption } from '../frame/options';
import type { Terminal } from '../frame/terminal';
import { AREA_TITLES, findingsText } from './findings-text';

/** `doctor`: checks everything that the system depends on. */
export function doctorCommand(terminal: Terminal): Command {
  const command = new Command('doctor')
    .description(
      'Check configuration, Redis, Customer.io, Twilio and the public URL, and say how to mend what is wrong. Exits with 1 on a ' +
        'failure, so that it can gate a deployment. Changes nothing, but remembers in Redis which number is in which service.',
    )
    .addOption(new Option('--only <areas...>', 'check only these').choices(AREAS))
    .addOption(jsonOption())
    .action(async ({ only, json }: { only?: Area[]; json: boolean }) => {
      const findings = await runDoctor(terminal.env, {
        ...(only && { areas: only }),
        onProgress: (area) => {
          terminal.error(`checking: ${AREA_TITLES[area]}`);
        },
      });
      printFindings(terminal, findings, json);
    });
  return addExamples(
    command,
    'optout-sync doctor',
    'optout-sync doctor --only redis queues',
    'optout-sync doctor --json',
  );
}

/** Prints the findings. @throws {ExitStatus} 1 when one of them is a failure */
export function printFindings(terminal: Terminal, findings: readonly Finding[], json: boolean): void {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const failures = count('failure');
  // The numbers in it are senders: no personal data.
  if (json) {
    const report = { ok: failures === 0, failures, warnings: count('warning'), findings };
    printJson(terminal, report, { reveal: true });
  } else terminal.out(findingsText(terminal, findings));
  if (failures > 0) throw new ExitStatus(EXIT.failed);
}
