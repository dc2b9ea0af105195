import { z } from 'zod';
import { isLoopback, type Env } from '@optout-sync/shared/config';
import type { E164 } from '@optout-sync/shared/domain';
import { OperationError } from '../operation-error';

/** Where the sandbox takes commands: see docs/simulator.md. */
const CONTROL_PATH = '/__sandbox/';
const TIMEOUT_MS = 5_000;

const People = z.array(z.object({ cioId: z.string(), attributes: z.record(z.string(), z.unknown()) }));

/** What goes wrong, in the form of the sandbox. */
interface Fault {
  readonly match: { readonly operation?: string; readonly bodyIncludes?: string };
  readonly effect: { readonly kind: 'status'; readonly status: number; readonly body?: unknown };
}

/** The Customer.io sandbox of a demo. A real Customer.io has no such commands. */
export class Sandbox {
  private constructor(private readonly url: string) {}

  /**
   * Connects to the sandbox that the environment names as Customer.io.
   *
   * @throws {OperationError} `sandbox_missing` where it names none on this machine, or that does not answer as one
   */
  static async connect({ CUSTOMERIO_APP_URL: url = '' }: Env): Promise<Sandbox> {
    if (!URL.canParse(url) || !isLoopback(new URL(url).hostname)) {
      throw missing('CUSTOMERIO_APP_URL names none on this machine');
    }
    const sandbox = new Sandbox(url.replace(/\/+$/, ''));
    await sandbox.send('workspaces', {});
    return sandbox;
  }

  /** Has all requests fail with 503. @returns ends it */
  async breakAll(): Promise<() => Promise<void>> {
    return this.addFault({ match: {}, effect: { kind: 'status', status: 503 } });
  }

  /**
   * Has every write to the people with a phone be rejected, until it is mended.
   *
   * @returns their cio_ids
   * @throws {OperationError} `person_missing` when nobody has the phone
   */
  async refuse(phone: E164): Promise<string[]> {
    const people = People.parse(await this.send('people', {}));
    const ids = people.filter(({ attributes }) => attributes.phone === phone).map(({ cioId }) => cioId);
    if (ids.length === 0) {
      throw new OperationError('person_missing', 'nobody in the sandbox has this phone', 'failed');
    }
    for (const bodyIncludes of ids) {
      await this.addFault({
        match: { operation: 'batch', bodyIncludes },
        // In the form of Customer.io: another one would not count as its answer, and be retried.
        effect: { kind: 'status', status: 400, body: { meta: { error: 'refused by simulate' } } },
      });
    }
    return ids;
  }

  /** Ends whatever goes wrong. */
  async mend(): Promise<void> {
    await this.send('clearFaults', {});
  }

  private async addFault(fault: Fault): Promise<() => Promise<void>> {
    const id = z.number().parse(await this.send('addFault', fault));
    return async () => {
      await this.send('removeFault', { id });
    };
  }

  private async send(command: string, input: unknown): Promise<unknown> {
    try {
      const response = await fetch(`${this.url}${CONTROL_PATH}${command}`, {
        method: 'POST',
        body: JSON.stringify(input),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (response.ok) return await response.json();
    } catch (error) {
      throw missing((error as Error).message);
    }
    throw missing('what answers there is no sandbox');
  }
}

const missing = (reason: string): OperationError =>
  new OperationError(
    'sandbox_missing',
    `this works on the demo of \`npm start\` alone, and its Customer.io sandbox was not found: ${reason}`,
    'failed',
  );
