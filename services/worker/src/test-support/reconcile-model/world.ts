import type { SandboxWorkspace } from '@optout-sync/customerio-sandbox';
import type { Channel } from '@optout-sync/shared/domain';
import type { FinalPerson } from './checker';
import type { Step, Value } from './plan';
import { PHONES } from './plan';
import type { Timeline } from './timeline';
import { findsNational, workspaceOf } from './workspaces';

const ATTRIBUTES: Readonly<Record<Channel, string>> = {
  sms: 'sms_unsubscribe',
  whatsapp: 'whatsapp_unsubscribe',
};
const CHANNELS = Object.keys(ATTRIBUTES) as Channel[];

type ProfileStep = Extract<
  Step,
  { readonly do: 'create' | 'merge' | 'remove' | 'import' | 'renumber' | 'swap' }
>;

/** The numbers and people of one seed in Customer.io. Changes people as others do who work with Customer.io. */
export class World {
  readonly phones: readonly string[];
  private readonly living = new Set<string>();

  constructor(
    private readonly seed: number,
    private readonly workspace: SandboxWorkspace,
    private readonly timeline: Timeline,
    private readonly clocks: { readonly maybeAhead: boolean },
  ) {
    this.phones = Array.from({ length: PHONES }, (_, n) => `+1415${String(2_000_000 + seed * PHONES + n)}`);
    workspace.watch(({ cioId, by, written, before, after }) => {
      if (!this.living.has(cioId)) return;
      timeline.notePhone(cioId, after.phone);
      if (by === 'test' || !written) {
        timeline.remark(cioId, written ? `edited: ${JSON.stringify(written)}` : 'removed');
        return;
      }
      for (const channel of CHANNELS) {
        const name = ATTRIBUTES[channel];
        if (!Object.hasOwn(written, name)) continue;
        const values = { value: written[name], before: before[name], after: after[name] };
        timeline.writes.push({ tick: timeline.next(), cioId, channel, ...values });
      }
    });
  }

  /** Does nothing where the step needs more people than there are. */
  apply(step: ProfileStep): void {
    switch (step.do) {
      case 'create':
        this.create(step);
        return;
      case 'merge': {
        const [primary, secondary] = [this.nth(step.primary), this.nth(step.secondary)];
        if (primary && secondary && primary !== secondary) this.merge(primary, secondary);
        return;
      }
      case 'remove':
        this.remove(this.nth(step.person));
        return;
      case 'import':
        this.import(this.nth(step.person), step);
        return;
      case 'renumber': {
        const person = this.nth(step.person);
        const phone = step.phone === undefined ? null : this.spelled(step.phone, step.spelling);
        if (person) this.workspace.setAttributes(person, { phone });
        return;
      }
      case 'swap': {
        const [one, other] = [this.nth(step.one), this.nth(step.other)];
        if (one && other) this.swap(one, other);
        return;
      }
      default:
        step satisfies never;
    }
  }

  people(): FinalPerson[] {
    return [...this.living].flatMap((cioId) => {
      const attributes = this.workspace.person(cioId)?.attributes;
      if (!attributes) return [];
      const values = { sms: attributes[ATTRIBUTES.sms], whatsapp: attributes[ATTRIBUTES.whatsapp] };
      return [{ cioId, phone: attributes.phone, values }];
    });
  }

  private create({ phone, spelling, value }: Extract<Step, { do: 'create' }>): void {
    const cioId = this.workspace.addPerson({
      attributes: {
        ...(phone !== undefined && { phone: this.spelled(phone, spelling) }),
        ...(value !== undefined && bothChannels(value)),
      },
      attributesAt: Math.floor(Date.now() / 1_000),
    });
    this.living.add(cioId);
    this.timeline.notePhone(cioId, this.workspace.person(cioId)?.attributes.phone);
  }

  private merge(primary: string, secondary: string): void {
    this.workspace.mergePeople(primary, secondary);
    this.living.delete(secondary);
    this.timeline.merged.add(primary);
  }

  private remove(person: string | undefined): void {
    if (person === undefined) return;
    this.workspace.removePerson(person);
    this.living.delete(person);
  }

  private import(person: string | undefined, { value, isAhead }: Extract<Step, { do: 'import' }>): void {
    const written = person === undefined ? undefined : this.workspace.person(person)?.writtenAt;
    if (person === undefined || !written) return;
    const now = Math.floor(Date.now() / 1_000);
    // Another system's clock may be ahead of ours, so that its value is the newer one.
    const at = Math.max(
      now,
      ...CHANNELS.map((channel) =>
        isAhead && this.clocks.maybeAhead ? (written[ATTRIBUTES[channel]] ?? 0) + 1 : 0,
      ),
    );
    this.workspace.setAttributes(person, bothChannels(value ?? null), at);
  }

  private swap(one: string, other: string): void {
    const [first, second] = [one, other].map(
      (cioId) => this.workspace.person(cioId)?.attributes.phone ?? null,
    );
    this.workspace.setAttributes(one, { phone: second });
    this.workspace.setAttributes(other, { phone: first });
  }

  private nth(n: number): string | undefined {
    return [...this.living][n % Math.max(1, this.living.size)];
  }

  /** Mostly E.164; some as digits, some without the country, and some in a spelling that no search of ours finds. */
  private spelled(n: number, spelling: number): string {
    const phone = this.phones[n] ?? '';
    if (spelling < 6) return phone;
    if (spelling < 8) return phone.slice(1);
    if (spelling < 9) return findsNational(workspaceOf(this.seed)) ? phone.slice(-10) : phone.slice(1);
    return phone.replace(/^\+1(\d{3})/, '+1 $1 ');
  }
}

function bothChannels(value: Exclude<Value, undefined>): Record<string, false | null> {
  return Object.fromEntries(Object.values(ATTRIBUTES).map((name) => [name, value]));
}
