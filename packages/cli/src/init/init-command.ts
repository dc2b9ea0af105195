import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { OperationError, runDoctor, writeEnvFile, type Area } from '@optout-sync/operations';
import type { Env } from '@optout-sync/shared/config';
import { printFindings } from '../doctor/doctor-command';
import { AREA_TITLES } from '../doctor/findings-text';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { jsonOption } from '../frame/options';
import type { Terminal } from '../frame/terminal';
import { askUser } from './ask-user';
import { errorOf, errorsOf } from './check-answers';
import { QUESTIONS, type Question } from './questions';

interface InitOptions {
  readonly file: string;
  readonly input: boolean;
  readonly doctor: boolean;
  readonly json: boolean;
}

/** `init`: asks for what is needed, writes it to `.env`, and runs `doctor`. */
export function initCommand(terminal: Terminal): Command {
  const command = new Command('init')
    .description(
      'Ask for the accounts and keys that are needed, write them to .env, readable by you only, and run doctor. Values that are in ' +
        'the environment or in that file already are proposed. Without a terminal, or with --no-input, they are taken as they are.',
    )
    .option('--file <path>', 'the file to write', '.env')
    .option('--no-input', 'ask nothing')
    .option('--no-doctor', 'do not run doctor afterwards')
    .addOption(jsonOption('print JSON; asks nothing'))
    .action(async (options: InitOptions) => {
      const isAsked = options.input && !options.json && terminal.prompt !== undefined;
      const answers = isAsked ? await ask(terminal) : given(terminal.env);
      const values = withToken(answers, terminal.env);
      const errors = errorsOf(values);
      if (errors.length > 0) {
        throw new OperationError('values_invalid', `nothing was written:\n  ${errors.join('\n  ')}`);
      }
      const changes = writeEnvFile(options.file, values);
      if (options.json && !options.doctor) printJson(terminal, { file: options.file, variables: changes });
      else {
        for (const { name, change } of changes) terminal.error(`${name}: ${change}`);
        terminal.error(`Written to ${options.file}, which only you can read.`);
      }
      if (options.doctor) await examine(terminal, { ...terminal.env, ...values }, options.json);
    });
  return addExamples(
    command,
    'optout-sync init',
    'optout-sync init --no-input --no-doctor   # takes the values from the environment',
    'optout-sync init --file /etc/optout-sync.env',
  );
}

/** What is asked for and in the environment already. */
function given(env: Env): Record<string, string> {
  return Object.fromEntries(QUESTIONS.flatMap(({ name }) => (env[name] ? [[name, env[name]]] : [])));
}

async function ask({ env, prompt }: Terminal): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const question of QUESTIONS) {
    // Without a key there is no secret of it.
    if (question.name === 'TWILIO_API_SECRET' && !answers.TWILIO_API_KEY) continue;
    const answer = await askUser(question, {
      present: env[question.name],
      prompt,
      check: checkOf(question, answers),
    });
    if (answer !== '') answers[question.name] = answer;
  }
  return answers;
}

/** Says what is wrong with an answer, with the words of the configuration. */
function checkOf(question: Question, before: Readonly<Record<string, string>>) {
  return (answer: string): true | string => {
    if (answer === '') return question.isOptional ? true : 'It is needed.';
    return errorOf(question.name, { ...before, [question.name]: answer }) ?? true;
  };
}

/** The people webhook needs a token of one's own; it is made here, unless there is one. */
function withToken(answers: Readonly<Record<string, string>>, env: Env): Record<string, string> {
  const CUSTOMERIO_WEBHOOK_TOKEN = env.CUSTOMERIO_WEBHOOK_TOKEN || randomBytes(32).toString('hex');
  return { ...answers, CUSTOMERIO_WEBHOOK_TOKEN };
}

/** Without REDIS_URL, `npm start` and docker compose provide a Redis, which is not there yet. */
const WITHOUT_REDIS: readonly Area[] = ['configuration', 'customerio', 'twilio', 'webhooks', 'public_url'];

async function examine(terminal: Terminal, env: Env, json: boolean): Promise<void> {
  const hasRedis = Boolean(env.REDIS_URL) || Boolean(env.REDIS_NODES);
  const findings = await runDoctor(hasRedis ? env : { ...env, REDIS_URL: 'redis://127.0.0.1:6379' }, {
    ...(!hasRedis && { areas: WITHOUT_REDIS }),
    usesRedis: hasRedis,
    onProgress: (area) => {
      terminal.error(`checking: ${AREA_TITLES[area]}`);
    },
  });
  printFindings(terminal, findings, json);
}
