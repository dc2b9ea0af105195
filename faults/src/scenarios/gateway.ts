import { setTimeout as delay } from 'node:timers/promises';
import type { FaultEffect } from '@optout-sync/customerio-sandbox';
import { failCustomerIo } from '../nemesis/customerio';
import { resetConnections } from '../nemesis/network';
import type { Scenario } from '../runner/scenario';

const html = { 'content-type': 'text/html' };
const page = '<html><body>Please sign in</body></html>';

/** What a gateway before Customer.io answers to every request. */
const ANSWERS: Readonly<Record<string, FaultEffect>> = {
  html: { kind: 'status', status: 200, headers: html, body: page },
  json: { kind: 'status', status: 200, body: { status: 'ok' } },
  404: { kind: 'status', status: 404, headers: html, body: page },
};

/** What is between the worker and Customer.io besides the connection. */
export const gatewayScenarios: readonly Scenario[] = [
  ...Object.entries(ANSWERS).map(([name, effect]): Scenario => ({
    name: `gateway-${name}`,
    fullOnly: true,
    async inject(context) {
      await context.waitForMessages(40);
      const ms = context.durationMs(60_000, 3_000);
      await context.fault(`gateway ${name}`, () => failCustomerIo(context, effect, ms));
      await context.waitForRecovery();
    },
  })),
  {
    name: 'certificate-expired',
    fullOnly: true,
    environment: { access: 'tls' },
    async inject(context) {
      const { access } = context.environment;
      await context.repeat(2, async () => {
        await context.waitForMessages(40);
        await context.fault('the certificate has expired', async () => {
          await access.presentCertificate('expired');
          await delay(context.durationMs(20_000, 2_000));
          await access.presentCertificate('valid');
        });
        await context.waitForRecovery();
      });
    },
  },
  {
    name: 'names-gone',
    fullOnly: true,
    environment: { access: 'name' },
    async inject(context) {
      const { access, customerIo } = context.environment;
      await context.repeat(2, async () => {
        await context.waitForMessages(40);
        await context.fault('no name is found', async () => {
          await access.hideNames(true);
          await resetConnections([customerIo]);
          await delay(context.durationMs(20_000, 2_000));
          await access.hideNames(false);
        });
        await context.waitForRecovery();
      });
    },
  },
];
