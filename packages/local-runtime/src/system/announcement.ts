import type { ServiceProcess } from '../process/spawn-service';
import { waitFor } from '../process/wait-for';

/**
 * Waits for the line of JSON that a program prints when it is ready.
 *
 * @throws {Error} with what it printed, when it ends before
 */
export async function announcementOf(service: ServiceProcess, what: string): Promise<unknown> {
  const line = await waitFor(() => service.logs().find((each) => each.startsWith('{')), {
    what: `${what} to be ready`,
    giveUp: () => service.ended && `it ended: ${service.logs().join('\n')}`,
  });
  return JSON.parse(line) as unknown;
}
