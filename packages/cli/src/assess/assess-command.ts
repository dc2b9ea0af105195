import { Command, Option } from 'commander';
import { assess, readAssessConfig, type Assessment, type AssessProgress } from '@optout-sync/operations';
import { commandLine } from '../frame/command-line';
import { addExamples } from '../frame/examples';
import { stoppableJob } from '../frame/interrupt';
import { printJson } from '../frame/json';
import { positiveNumber, pastTime } from '../frame/option-values';
import { jsonOption } from '../frame/options';
import { phoneText } from '../frame/phones';
import { startProgress } from '../frame/progress';
import type { Terminal } from '../frame/terminal';
import { reportCsv } from './report-csv';
import { reportHtml } from './report-html';
import { reportJson } from './report-json';
import { reportText } from './report-text';

interface AssessOptions {
  readonly since: number;
  readonly until?: number;
  readonly account?: string;
  readonly rate: number;
  readonly reveal: boolean;
  readonly json: boolean;
  readonly csv: boolean;
  readonly html: boolean;
}

/** Slow enough for an account that sends campaigns meanwhile. */
const REQUESTS_PER_SECOND = 2;

/** `assess`: what people told Twilio, compared with what Customer.io holds, before anything is installed. */
export function assessCommand(terminal: Terminal): Command {
  const command = new Command('assess')
    .description(
      "Compare Twilio's message log with Customer.io: who said STOP and is still subscribed, or was texted afterwards. Only " +
        'reads, stores nothing, and needs no Redis: a Twilio account and a Customer.io App API key are enough.',
    )
    .addOption(
      new Option('--since <time>', 'start of the log: ISO 8601, or an age such as 36h or 90d')
        .argParser(pastTime)
        .default(pastTime('90d'), '90d'),
    )
    .addOption(new Option('--until <time>', 'end of the log (default: now)').argParser(pastTime))
    .option('--account <sid>', 'the Twilio account, needed when several are configured')
    .addOption(
      new Option('--rate <n>', 'requests a second, to Twilio and to Customer.io each')
        .argParser(positiveNumber)
        .default(REQUESTS_PER_SECOND),
    )
    .option('--reveal', 'show whole phones, and what people wrote without a keyword', false)
    .addOption(jsonOption().conflicts(['csv', 'html']))
    .addOption(new Option('--csv', 'print CSV, a line for each number').default(false).conflicts('html'))
    .addOption(new Option('--html', 'print a page for a browser or a printer').default(false))
    .action(async (options: AssessOptions) => {
      const config = readAssessConfig(terminal.env, options.account);
      const { since, until = Date.now(), rate: requestsPerSecond } = options;
      const onProgress = progressOf(terminal);
      const resume = () => ({
        text: 'Nothing is stored: it begins anew.',
        command: commandLine(terminal),
      });
      const assessment = await stoppableJob(terminal, resume, (signal) =>
        assess(config, { since, until, requestsPerSecond, signal }, onProgress.update).finally(
          onProgress.end,
        ),
      );
      print(terminal, assessment, options);
    });
  return addExamples(
    command,
    'optout-sync assess --since 90d',
    'optout-sync assess --since 2026-01-01 --rate 5 --html > opt-outs.html',
    'optout-sync assess --since 30d --csv --reveal > opt-outs.csv',
  );
}

function print(terminal: Terminal, assessment: Assessment, { reveal, json, csv, html }: AssessOptions): void {
  const phone = phoneText({ reveal });
  if (json) printJson(terminal, reportJson(assessment, reveal), { reveal });
  else if (csv) terminal.out(reportCsv(assessment, phone, reveal));
  else if (html) terminal.out(reportHtml(assessment, phone, reveal));
  else terminal.out(reportText(terminal, assessment, phone));
}

/** Shows the days of the log, then the numbers. */
function progressOf(terminal: Terminal): { update: (progress: AssessProgress) => void; end: () => void } {
  let step: AssessProgress['step'] | undefined;
  let shown: ReturnType<typeof startProgress> | undefined;
  const begin = (progress: AssessProgress): void => {
    shown?.end();
    step = progress.step;
    if (progress.step === 'native_list') terminal.error("Reading Customer.io's own opt-out list.");
    else shown = startProgress(terminal, UNITS[progress.step], progress.total);
  };
  return {
    update(progress) {
      if (progress.step !== step) begin(progress);
      if (progress.step === 'log') shown?.update(progress.done, { messages: progress.messages });
      if (progress.step === 'people') shown?.update(progress.done);
    },
    end: () => shown?.end(),
  };
}

const UNITS = { log: 'days of the log', people: 'numbers looked up' } as const;
