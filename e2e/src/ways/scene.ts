import type { CustomerIoSandbox, SandboxWorkspace } from '@optout-sync/customerio-sandbox';
import { WEBHOOK_PATHS, type Channel } from '@optout-sync/shared/domain';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import { WEBHOOK_TOKEN, type Running } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import type { Result } from './result';
import { tenLineFunction } from './ten-line-function';
import { INTAKE_TOKEN, type World } from './world';

const BY = ['--yes', '--by', 'Ann', '--why', 'coverage'];

export type NewPerson = Parameters<SandboxWorkspace['addPerson']>[0];

/** What it takes of a `Way`. */
interface WaySettings {
  readonly way: string;
  readonly channel?: Channel;
  readonly people?: (phone: string) => readonly NewPerson[];
}

/** A way of saying no, with its own phone and its own people in the world. */
export class Scene<W extends WaySettings = WaySettings> {
  constructor(
    readonly world: World,
    readonly way: W,
    readonly phone: string,
  ) {
    const people = way.people?.(phone) ?? [{ id: `person of ${phone}`, attributes: { phone } }];
    for (const person of people) this.addPerson(person);
  }

  /** @returns the cio_id, which is the same in both workspaces only for those who are added first */
  addPerson(person: NewPerson): string {
    const mine = { ...person, attributes: { ...person.attributes, way: this.way.way } };
    this.world.ofFunction.workspace().addPerson(mine);
    return this.world.system.sandbox.workspace().addPerson(mine);
  }

  /** The person texts, and Twilio calls the webhook of optout-sync and the Function. */
  async text(
    Body: string,
    more: Record<string, string | undefined> = {},
    ingest: Running = this.world.ingest,
  ): Promise<Record<string, string>> {
    const params = twilioMessage({ From: this.phone, Body, ...more });
    expect((await this.world.system.deliver(ingest, params)).status).toBe(200);
    await this.callFunction(params);
    return params;
  }

  /** Twilio does not call again when the Function fails. */
  async callFunction({ From = '', Body = '' }: Record<string, string | undefined>): Promise<void> {
    await tenLineFunction(this.world.ofFunction, { From, Body }).catch(() => undefined);
  }

  /** Twilio reports what became of a message. */
  async callback(params: Record<string, string>): Promise<void> {
    const path = WEBHOOK_PATHS.status;
    expect((await this.world.system.deliver(this.world.ingest, params, { path })).status).toBe(204);
  }

  async stream(event: unknown): Promise<void> {
    const { system, ingest } = this.world;
    expect((await system.deliverJson(ingest, WEBHOOK_PATHS.events, [event])).status).toBe(200);
  }

  async studio(params: Record<string, string>): Promise<void> {
    const path = WEBHOOK_PATHS.studio;
    expect((await this.world.system.deliver(this.world.ingest, params, { path })).status).toBe(200);
  }

  /** A Customer.io workflow reports a new or changed person. */
  workflow(cio_id: string): Promise<void> {
    return this.#report(WEBHOOK_PATHS.people, WEBHOOK_TOKEN, { phone: this.phone, cio_id });
  }

  /** A system of the company reports what somebody said. */
  intake(item: Record<string, string>): Promise<void> {
    return this.#report(WEBHOOK_PATHS.optouts, INTAKE_TOKEN, { phone: this.phone, kind: 'stop', ...item });
  }

  /** Requests the one-click page of the person. */
  async link(method: 'GET' | 'POST', ...options: string[]): Promise<void> {
    const { out } = await this.world.system.cli(['link', this.phone, ...options]);
    const { pathname } = new URL(out.trim());
    expect((await fetch(this.#url(pathname), { method })).status).toBe(200);
  }

  async #report(path: string, token: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(this.#url(path), { method: 'POST', headers, body: JSON.stringify(body) });
    expect(response.status).toBe(202);
  }

  #url(path: string): string {
    return `http://127.0.0.1:${String(this.world.ingest.port)}${path}`;
  }

  /** An operator runs a command. */
  async command(...args: string[]): Promise<void> {
    const { code, error } = await this.world.system.cli([...args, ...BY]);
    expect({ code, error: code === 0 ? '' : error }).toEqual({ code: 0, error: '' });
  }

  /** Waits until so many events of the phone have their outcome. */
  settled(events = 1): Promise<void> {
    return this.world.system.settled([this.phone], events, 60_000, this.way.channel);
  }

  entry(): Promise<LedgerEntry | undefined> {
    return this.world.system.entry(this.phone, this.way.channel);
  }

  async result(): Promise<Result> {
    const result = this.#resultAt(this.world.system.sandbox);
    if (result !== 'nothing') return result;
    const { entries } = await this.world.system.reviews.list({ offset: 0, limit: 100 });
    return entries.some(({ phone }) => phone === this.phone) ? 'to review' : 'nothing';
  }

  resultOfFunction(): Result {
    return this.#resultAt(this.world.ofFunction);
  }

  #resultAt(sandbox: CustomerIoSandbox): Result {
    const name = this.way.channel === 'whatsapp' ? 'whatsapp_unsubscribe' : 'sms_unsubscribe';
    const people = sandbox
      .workspace()
      .people()
      .filter(({ attributes }) => attributes.way === this.way.way);
    const values = people.map(({ attributes }) => attributes[name]);
    if (values.includes(true)) return values.every((value) => value === true) ? 'opted out' : 'in part';
    return values.includes(false) ? 'opted in' : 'nothing';
  }
}
