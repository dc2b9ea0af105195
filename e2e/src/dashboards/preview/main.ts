import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DASHBOARDS, type Dashboard } from '../committed';
import { runIncident, type Incident } from '../incident';
import { drawDashboard } from './draw';
import { provideChromium, provideProgram } from '../../support/provide-program';

const ROOT = join(__dirname, '../../../..');
const SCALE = 20;
const SCRAPE_SECONDS = 2;
const OUTAGE_SECONDS = 150;

const USAGE = `npm run dashboards:preview [-- options]

Draws the dashboards of deploy/grafana, light and dark, from the data of a real Prometheus. Without options it starts the system
and a Prometheus, breaks Redis and Customer.io for some minutes, and draws what was seen. Needs Debian's prometheus, chromium and
pngquant, and installs them where that needs no password.

  --prometheus <url>  draws from this Prometheus instead
  --minutes <n>       how much of its past (default 60)
  --interval <n>      seconds between its scrapes (default 15)
  --out <folder>      where the pictures go (default docs/images)
  --no-install        installs nothing
`;

const log = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      prometheus: { type: 'string' },
      minutes: { type: 'string', default: '60' },
      interval: { type: 'string', default: '15' },
      out: { type: 'string', default: join(ROOT, 'docs/images') },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const mayInstall = process.env.NO_INSTALL === undefined;
  const tools = {
    chromium: await provideChromium(mayInstall, log),
    pngquant: await provideProgram(['pngquant'], mayInstall, log),
  };
  const { source, remark } =
    values.prometheus === undefined
      ? await anIncident()
      : existing(values.prometheus, Number(values.minutes), Number(values.interval));
  try {
    for (const dashboard of [...DASHBOARDS, ...DASHBOARDS.filter(isFirst).map(outageOf)]) {
      const drawing = { url: source.url, view: source.view, remark, folder: values.out, tools };
      for (const file of await drawDashboard(dashboard, drawing)) {
        log(`${file} (${Math.ceil(statSync(file).size / 1_000)} kB)`);
      }
    }
  } finally {
    await source.stop();
  }
}

const isFirst = ({ uid }: Dashboard): boolean => uid === 'optout-honoured';

/** For the README: its first two rows, which show the outage. */
function outageOf(dashboard: Dashboard): Dashboard {
  const [, , third] = dashboard.panels.filter(({ type }) => type === 'row');
  const panels = dashboard.panels.filter(({ gridPos }) => gridPos.y < (third?.gridPos.y ?? Infinity));
  return { ...dashboard, uid: 'optout-outage', panels };
}

type Source = Pick<Incident, 'url' | 'view' | 'stop'>;

async function anIncident(): Promise<{ source: Source; remark: string }> {
  const source = await runIncident({
    calm: 45,
    outage: OUTAGE_SECONDS,
    scale: SCALE,
    scrapeInterval: SCRAPE_SECONDS,
    log,
  });
  const remark = `of the dashboard for Grafana, drawn from a real Prometheus that watched the real services: Redis freezes, a worker is killed, Customer.io answers 500 for ${OUTAGE_SECONDS} s. Windows of the rules: a ${SCALE}th of production's; a scrape each ${SCRAPE_SECONDS} s.`;
  return { source, remark };
}

function existing(url: string, minutes: number, scrapeInterval: number): { source: Source; remark: string } {
  const to = Date.now() / 1_000;
  const source = {
    url,
    view: { from: to - minutes * 60, to, scrapeInterval },
    stop: () => Promise.resolve(),
  };
  return { source, remark: `of the dashboard for Grafana, drawn from the Prometheus at ${url}.` };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
