import type { PersonEvent } from '../people/event-store';
import type { OptOut } from '../people/opt-out-store';
import type { Api, Region, Settings, WorkspaceOptions } from './options';
import type { PersonChange } from '../people/people-store';
import type { Attributes, StoredPerson } from '../people/person';
import type { Rates } from './rate-meter';
import { createWorkspaceState, type WorkspaceState } from './workspace-state';

export interface NewPerson {
  id?: string;
  email?: string;
  attributes?: Attributes;
  /** Unix seconds of these values; a later write overwrites them. Default 0: any write does. */
  attributesAt?: number;
}

/** A person as tests see them: the stored values, not the text that the API returns. */
export interface SandboxPerson {
  cioId: string;
  id: string | null;
  email: string | null;
  attributes: Attributes;
  /** Unix seconds of the write that set or removed each attribute. */
  writtenAt: Readonly<Record<string, number>>;
  optOuts: OptOut[];
  createdBy: 'test' | 'api';
}

/** A workspace of the sandbox: its credentials, and direct access to its people without the API. */
export class SandboxWorkspace {
  readonly name: string;
  readonly region: Region;
  readonly siteId: string;
  readonly trackApiKey: string;
  readonly appApiKey: string;
  #state: WorkspaceState;

  constructor(
    private readonly options: WorkspaceOptions,
    private readonly number: number,
    private readonly settings: Settings,
  ) {
    this.#state = createWorkspaceState(options, number, settings);
    ({
      name: this.name,
      region: this.region,
      siteId: this.siteId,
      trackApiKey: this.trackApiKey,
      appApiKey: this.appApiKey,
    } = this.#state);
  }

  /** For the sandbox's own operations. */
  get state(): WorkspaceState {
    return this.#state;
  }

  /**
   * @returns the cio_id
   * @throws when the id, the email or the phone identifier is already another person's
   */
  addPerson({ id, email, attributes, attributesAt = 0 }: NewPerson): string {
    const all = { ...attributes, ...(id !== undefined && { id }), ...(email !== undefined && { email }) };
    const person = this.#state.people.create(all, attributesAt, 'test');
    if (person === undefined) throw new Error('another person has that id, email or phone identifier');
    return person.cioId;
  }

  person(cioId: string): SandboxPerson | undefined {
    const person = this.#state.people.find({ kind: 'cio_id', value: cioId });
    return person && this.#view(person);
  }

  people(): SandboxPerson[] {
    return [...this.#state.people.all()].map((person) => this.#view(person));
  }

  /** The events of a person, oldest first. */
  events(cioId: string): readonly PersonEvent[] {
    return this.#state.events.of(cioId);
  }

  /** All people that requests created, removed or not, with the values of their creation. */
  createdPeople(): SandboxPerson[] {
    return this.#state.people.createdByApi.map((person) => this.#view(person));
  }

  /**
   * Sets attributes as somebody does who edits or imports people. Null and '' remove an attribute.
   *
   * @param at Unix seconds; an attribute that was set later keeps its value. Default: now
   * @returns false when there is no such person, or an identifier is already another person's
   */
  setAttributes(cioId: string, attributes: Attributes, at = Math.floor(this.settings.now() / 1000)): boolean {
    const { people } = this.#state;
    const person = people.find({ kind: 'cio_id', value: cioId });
    return person !== undefined && people.write(person, attributes, at);
  }

  /** Calls `watcher` for each change of a person, in their order, until `reset`. */
  watch(watcher: (change: PersonChange) => void): void {
    this.#state.watchers.push(watcher);
  }

  /** Lets search see writes only after `ms` from now on; what has been written before becomes visible as it would. */
  lagIndex(ms: number): void {
    this.#state.indexing.delayMs = ms;
  }

  /** Lets search see all writes made so far. */
  catchUpIndex(): void {
    this.#state.indexing.catchUp();
  }

  /** Lets the attributes response show writes only after `ms` from now on. */
  lagReads(ms: number): void {
    this.#state.publishing.delayMs = ms;
    if (ms === 0) this.#state.publishing.catchUp();
  }

  /** @returns whether the person existed */
  removePerson(cioId: string): boolean {
    return this.#state.people.remove(cioId);
  }

  /**
   * Merges as Customer.io does: the primary keeps its values and gets those it lacks; the secondary is removed.
   *
   * @throws when either does not exist
   */
  mergePeople(primary: string, secondary: string): void {
    const { people } = this.#state;
    const [into, from] = [primary, secondary].map((value) => people.find({ kind: 'cio_id', value }));
    if (!into || !from || into === from) throw new Error('a merge needs two existing people');
    people.merge(into, from);
  }

  /** Requests with this workspace's credentials. */
  rates(): Record<Api, Rates> {
    const { app, track } = this.#state.meters;
    return { app: app.read(), track: track.read() };
  }

  /** Removes all people, opt-outs and rates, and resets the rate limits. */
  reset(): void {
    this.#state = createWorkspaceState(this.options, this.number, this.settings);
  }

  #view({ cioId, id, email, attributes, writtenAt, createdBy }: StoredPerson): SandboxPerson {
    this.#state.applyingOptOuts.settle();
    return { cioId, id, email, attributes, writtenAt, optOuts: this.#state.optOuts.of(cioId), createdBy };
  }
}
