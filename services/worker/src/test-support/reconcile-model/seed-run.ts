import { waitFor } from '@optout-sync/local-runtime/process';
import { InboundEvent, type Channel, type E164, type Subject } from '@optout-sync/shared/domain';
import { enqueueInbound } from '@optout-sync/shared/queues';
import { checkPeople, checkWrites, type Violation } from './checker';
import type { ModelSystem } from './model-system';
import { PHONES, planOf, type Route, type Step } from './plan';
import { Timeline, type Delivery } from './timeline';
import { accountOf, workspaceOf } from './workspaces';
import { World } from './world';

/** The seed's own clock goes on this much with each step, in ms. */
const STEP_MS = 1_000;
const SETTLE_MS = 120_000;

type Message = Extract<Step, { readonly do: 'message' }>;

/** Carries out the plan of one seed, with its own numbers and people. */
export class SeedRun {
  readonly timeline = new Timeline();
  readonly workspace: string;
  private readonly plan: readonly Step[];
  private readonly world: World;
  private readonly subjects: readonly Subject[];
  private readonly events: InboundEvent[] = [];
  private readonly seenVersions: number[] = [];
  private position = 0;
  private readonly clockStart: number;

  constructor(
    readonly seed: number,
    private readonly system: ModelSystem,
    { steps, clocks }: { readonly steps: number; readonly clocks: { readonly maybeAhead: boolean } },
  ) {
    this.workspace = workspaceOf(seed);
    this.plan = planOf(seed, steps);
    this.world = new World(seed, system.sandbox.workspace(this.workspace), this.timeline, clocks);
    this.subjects = this.world.phones.flatMap((phone) =>
      (['sms', 'whatsapp'] as const).map((channel) => this.subjectOf(phone, channel)),
    );
    this.clockStart = Math.floor(Date.now() / 1_000) * 1_000 - steps * STEP_MS;
  }

  /**
   * Carries out the next steps.
   *
   * @param sweepFollows whether a sweep is on until the next time that everything has to settle
   */
  async steps(
    count: number,
    { isPaused, sweepFollows }: { isPaused: boolean; sweepFollows: boolean },
  ): Promise<void> {
    for (const step of this.plan.slice(this.position, this.position + count)) {
      if (step.do === 'message') await this.deliver(step, sweepFollows ? step.route : withIndex(step.route));
      else if (step.do === 'redeliver') await this.redeliver(step.message);
      else if (step.do === 'lose_sync') await this.loseSync(step);
      else if (step.do === 'settle') await (isPaused ? undefined : this.settle());
      else this.world.apply(step);
      this.position += 1;
    }
  }

  /** Waits until every message has its outcome. */
  async settle(): Promise<void> {
    for (const subject of this.subjects) {
      await waitFor(() => this.isSettled(subject), {
        what: `the outcomes of ${subject.channel} ${subject.phone} (seed ${this.seed})`,
        timeoutMs: SETTLE_MS,
        everyMs: 30,
      });
      // A sweep may have asked for a sync that has read and not written yet.
      const isQuiet = !this.system.lags && !(await this.system.isSyncQueued(subject));
      this.timeline.noteSettled(subject, { isQuiet });
    }
  }

  /** The numbers that are stopped, and that nobody had when their present version was applied, since the last call. */
  async newlyUnmatched(): Promise<Subject[]> {
    const unmatched: Subject[] = [];
    for (const [n, subject] of this.subjects.entries()) {
      const { version = 0, history = [] } = (await this.system.ledger.read(subject)) ?? {};
      const isNew = version > (this.seenVersions[n] ?? 0);
      this.seenVersions[n] = version;
      const present = history.filter((event) => event.version === version);
      const isUnmatched = isNew && present.some(({ outcome }) => outcome === 'no_match');
      if (isUnmatched && this.timeline.staysStopped(subject)) unmatched.push(subject);
    }
    return unmatched;
  }

  checkPeople(subjects = this.subjects): string[] {
    return this.explained(checkPeople(this.timeline, subjects, this.world.people()));
  }

  checkWrites(): string[] {
    return this.explained(checkWrites(this.timeline, this.world.phones));
  }

  /** Numbers in the live lane without a message since they were last settled. */
  checkLiveLane(waiting: readonly Subject[]): string[] {
    return waiting
      .filter(({ phone }) => this.world.phones.includes(phone))
      .filter((subject) => !this.timeline.hasNews(subject, Infinity))
      .map(
        ({ phone, channel }) => `a sync of ${phone} on ${channel} waits in the live lane without a message`,
      );
  }

  /** The violations with what is known of the people in them. */
  private explained(violations: readonly Violation[]): string[] {
    return violations.map(
      ({ cioId, text }) => `${text}\n${this.timeline.describe(cioId, this.world.phones)}`,
    );
  }

  private async isSettled(subject: Subject): Promise<boolean> {
    const own = this.timeline.messagesUntil(subject, Infinity);
    if (own.length === 0) return true;
    const entry = await this.system.ledger.read(subject);
    if (!entry || entry.appliedVersion < entry.version) return false;
    const ended = new Set<string>(
      entry.history.flatMap(({ messageSid, outcome }) => (outcome === 'pending' ? [] : [messageSid])),
    );
    return own.every(({ sid }) => ended.has(sid));
  }

  private async deliver(step: Message, route: Route): Promise<void> {
    const event = this.toEvent(step);
    const { messageSid: sid, kind, sender, occurredAt: at, phone, channel } = event;
    const delivery = { sid, kind: kind as Delivery['kind'], sender, at, phone, channel };
    this.timeline.deliveries.push({ tick: this.timeline.next(), ...delivery });
    this.events.push(event);
    if (route === 'queue') {
      for (let copy = 0; copy < step.copies; copy++) await enqueueInbound(this.system.queues, event);
      return;
    }
    const subject = this.subjectOf(phone, channel);
    const { needsSync } = await this.system.ledger.record(subject, event);
    if (needsSync && route === 'job_lost') await this.system.unapplied.add(subject, event.receivedAt);
  }

  /** Delivers a message again, by another route. */
  private async redeliver(n: number): Promise<void> {
    const event = this.events[n % Math.max(1, this.events.length)];
    if (event) await enqueueInbound(this.system.queues, { ...event, source: 'backfill' });
  }

  private async loseSync({ phone, channel }: Extract<Step, { do: 'lose_sync' }>): Promise<void> {
    await this.system.loseSync(this.subjectOf(this.world.phones[phone % PHONES] ?? '', channel));
  }

  private toEvent({ phone, channel, sender, kind, ageMs }: Message): InboundEvent {
    const at = this.clockStart + this.position * STEP_MS - ageMs + this.position;
    const sid = [this.seed, this.position].map((part) => part.toString(16).padStart(16, '0')).join('');
    return InboundEvent.parse({
      version: 1,
      messageSid: `SM${sid}`,
      accountSid: accountOf(this.workspace),
      kind,
      channel,
      phone: this.world.phones[phone],
      sender: `+1500555000${sender}`,
      source: 'event_stream',
      occurredAt: at,
      receivedAt: Date.now(),
    });
  }

  private subjectOf(phone: string, channel: Channel): Subject {
    return { workspace: this.workspace, channel, phone: phone as E164 };
  }
}

function withIndex(route: Route): Route {
  return route === 'job_and_index_lost' ? 'job_lost' : route;
}
