import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '@optout-sync/shared/service';

/** A webhook-triggered campaign that answers as the test says. */
export interface CampaignServer {
  readonly url: string;
  /** The bodies of the calls that were answered 200, oldest first. */
  readonly received: Record<string, unknown>[];
  /** The statuses of the next answers, in order; 200 after them. */
  readonly answers: number[];
  /** While it is set, it answers every call. */
  status: number | undefined;
  /** How many calls there were. */
  calls: number;
  stop(): void;
}

export async function startCampaignServer(): Promise<CampaignServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      campaign.calls += 1;
      const status = campaign.status ?? campaign.answers.shift() ?? 200;
      const body = Buffer.concat(chunks).toString();
      if (status === 200) campaign.received.push(JSON.parse(body) as Record<string, unknown>);
      response.writeHead(status).end();
    });
  });
  await listen(server, { port: 0 });
  const { port } = server.address() as AddressInfo;
  const campaign: CampaignServer = {
    url: `http://127.0.0.1:${String(port)}/hook/secret`,
    received: [],
    answers: [],
    status: undefined,
    calls: 0,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return campaign;
}
