import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios';

export interface OpenAxios {
  readonly axios: AxiosInstance;
  /** Closes the connections that are kept. */
  close(): void;
}

/** An axios that keeps connections, follows no redirect and takes every status for an answer. */
export function openAxios(defaults: CreateAxiosDefaults = {}): OpenAxios {
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = new HttpsAgent({ keepAlive: true });
  return {
    axios: axios.create({ ...defaults, httpAgent, httpsAgent, maxRedirects: 0, validateStatus: () => true }),
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}
