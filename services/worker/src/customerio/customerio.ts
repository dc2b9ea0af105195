import type { Cluster, Redis } from 'ioredis';
import type { WorkspaceConfig } from '../config/config';
import { AppApi } from './app-api';
import { Budget } from './budget';
import { BudgetedClient } from './budgeted-client';
import { checkAccess, type AccessCheck } from './check-access';
import { HttpClient, type RequestObserver } from './http-client';
import { createLookup, type Lookup } from './lookup';
import { createWriter, type Writer } from './track-api';

/** One Customer.io workspace, as far as opt-outs need it. */
export interface CustomerIo {
  readonly findPeople: Lookup;
  readonly write: Writer;
  checkAccess(): Promise<AccessCheck>;
  close(): void;
}

/** Hears of every request to either API. */
export type ApiObserver = (api: 'app' | 'track', ...args: Parameters<RequestObserver>) => void;

/** Opens a workspace. `redis` holds the budgets that all workers share. */
export function openCustomerIo(
  workspace: WorkspaceConfig,
  redis: Redis | Cluster,
  prefix: string,
  observe: ApiObserver,
): CustomerIo {
  const app = new HttpClient(
    { baseUrl: workspace.appUrl, authorization: `Bearer ${workspace.appApiKey}` },
    (...args) => {
      observe('app', ...args);
    },
  );
  const basic = Buffer.from(`${workspace.siteId}:${workspace.trackApiKey}`).toString('base64');
  const track = new HttpClient(
    { baseUrl: workspace.trackUrl, authorization: `Basic ${basic}` },
    (...args) => {
      observe('track', ...args);
    },
  );
  const budget = (api: string, rps: number): Budget =>
    new Budget(redis, `${prefix}:budget:${workspace.name}:${api}`, rps);
  const appClient = new BudgetedClient(app, budget('app', workspace.appRps));
  const trackClient = new BudgetedClient(track, budget('track', workspace.trackRps));
  return {
    findPeople: createLookup(appClient, new AppApi(appClient), {
      phoneAttribute: workspace.phoneAttribute,
      phoneFormats: workspace.phoneFormats,
      batch: workspace.lookupBatch,
    }),
    write: createWriter(trackClient),
    checkAccess: () =>
      checkAccess({ app, track, region: workspace.region, phoneAttribute: workspace.phoneAttribute }),
    close() {
      app.close();
      track.close();
    },
  };
}
