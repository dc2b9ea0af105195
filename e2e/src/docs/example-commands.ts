import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** A command that a page of the documentation shows in a block `sh`. */
export interface ExampleCommand {
  /** Relative to the root. */
  readonly page: string;
  /** Without its comment; the lines of a command that continues are one. */
  readonly command: string;
}

/** Pages whose blocks another test runs whole, or that are for those who change the code. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'docs/first-hour.md': 'e2e/src/first-hour.long.test.ts runs all of it',
  'docs/intake.md': 'e2e/src/intake.long.test.ts runs its recipes and makes a link',
  'docs/deploy.md':
    'e2e/src/containers/deploy-page.test.ts runs the demo; containers.test.ts replaces containers in the same way; ' +
    'the rest needs systemd, which .ci/run lets check the units, or a cluster, for which .ci/helm renders the chart',
  'CONTRIBUTING.md': 'these are the checks themselves',
};

/** Why examples.release.test.ts leaves out the commands that match. */
const LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [/^[A-Z_]+=\S*$/, 'a setting, not a command'],
  [/^FORWARD_URLS=\S+ npm start$/, 'starts another system; services/ingest tests forwarding'],
  [
    /^npm (start|test|run|ci)\b/,
    'a program that runs for long: other tests start it, or it is the check itself',
  ],
  [/^npx jest\b|^RECONCILE_MODEL_SEEDS=/, 'a suite of tests'],
  [/^node (-e|packages\/customerio-sandbox)|&$/, 'a server that runs until it is stopped'],
  [/^TWILIO_API_URL=\S+ npx optout-sync setup twilio/, 'needs that server; docs/first-hour.md does the same'],
  [/^export [A-Z_]+=/, 'credentials'],
  [/optout-sync assess\b/, 'reads a real account; packages/cli tests it on an imitation'],
  [/^twilio api:/, "needs Twilio's command and an account"],
  [/^(redis=\$\()?docker\b/, 'e2e/src/containers runs such commands'],
  [
    /\bredis-cli\b|^cp -a/,
    'on the machine of Redis; e2e/src/backup.release.test.ts makes and restores copies',
  ],
  [/^kill -9/, 'e2e/src/start-kills.long.test.ts kills each part'],
  [/optout-sync review (stop|done) /, 'needs `wording: flag` under `keywords`; packages/operations tests it'],
  [/--workspace shop/, 'needs a second workspace; e2e/src/accounts.test.ts has one'],
  [/optout-sync init\b/, 'asks questions; docs/first-hour.md runs it without'],
  [/optout-sync console add-user\b/, 'asks for a password; packages/cli tests it'],
  [/ https?:\/\/optout\.example\.com|<your host>/, 'an address of yours'],
  [/ [\w|]*\| filters/, 'the forms of a command, not one'],
];

/** Why the command is not run by examples.release.test.ts; undefined where it is. */
export const whyLeftOut = ({ page, command }: ExampleCommand): string | undefined =>
  ELSEWHERE[page] ?? LEFT_OUT.find(([pattern]) => pattern.test(command))?.[1];

/** The reasons that fit no command. */
export const unusedReasons = (commands: readonly ExampleCommand[]): string[] => [
  ...Object.keys(ELSEWHERE).filter((page) => !commands.some((each) => each.page === page)),
  ...LEFT_OUT.map(([pattern]) => pattern)
    .filter((pattern) => !commands.some(({ command }) => pattern.test(command)))
    .map(String),
];

/** All commands in blocks `sh` of the documentation, in the order of its pages. */
export function exampleCommands(): ExampleCommand[] {
  const docs = readdirSync(join(ROOT, 'docs')).filter((file) => file.endsWith('.md'));
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs.map((file) => `docs/${file}`)];
  return pages.flatMap((page) =>
    commandsOf(readFileSync(join(ROOT, page), 'utf8')).map((command) => ({ page, command })),
  );
}

function commandsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .map((line) => line.replace(/\s+#\s.*$/, '').trim())
      .filter((line) => line !== ''),
  );
}
