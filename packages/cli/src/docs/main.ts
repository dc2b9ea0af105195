// npm run docs:cli: prints docs/cli.md.
import { cliPage } from './cli-page';

process.stdout.write(cliPage());
