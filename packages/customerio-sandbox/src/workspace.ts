import type { Api } from './http/routes';
import type { OptOut } from './opt-out-store';
import type { Region, Settings, WorkspaceOptions } from './options';
import type { Attributes, StoredPerson } from './people/person';
import type { Rates } from './rate-meter';
import { workspaceState, type WorkspaceState } from './workspace-state';

export interface NewPerson {
  id?: string;
  email?: string;
  attributes?: Attributes;
  /** Unix seconds of these values; later writes overwrite them. Default 0: any write does. */
  attributesAt?: number;
}

/** A person as tests see them: the stored values, not the text the API answers with. */
export interface SandboxPerson {
  cioId: string;
  id: string | null;
  email: string | null;
  attributes: Attributes;
  /** Unix seconds of the write that set (or removed) each attribute. */
  writtenAt: Readonly<Record<string, number>>;
  optOuts: OptOut[];
  createdBy: 'test' | 'api';
}

/** A workspace of the sandbox: its credentials, and its people without going through the API. */
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
    this.#state = workspaceState(options, number, settings);
    ({
      name: this.name,
      region: this.region,
      siteId: this.siteId,
      trackApiKey: this.trackApiKey,
      appApiKey: this.appApiKey,
    } = this.#state);
  }

  /** For the sandbox's own handlers. */
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

  /** Everybody a request brought into being, since removed or not, as of then. */
  createdPeople(): SandboxPerson[] {
    return this.#state.people.createdByApi.map((person) => this.#view(person));
  }

  /** @returns whether there was such a person */
  removePerson(cioId: string): boolean {
    return this.#state.people.remove(cioId);
  }

  /**
   * Merges as Customer.io does: the primary keeps its values and takes over what it lacks, the secondary is gone.
   *
   * @throws when either does not exist
   */
  mergePeople(primary: string, secondary: string): void {
    const { people } = this.#state;
    const [kept, gone] = [primary, secondary].map((value) => people.find({ kind: 'cio_id', value }));
    if (!kept || !gone || kept === gone) throw new Error('a merge needs two people who exist');
    people.merge(kept, gone);
  }

  /** How many requests came with this workspace's credentials. */
  rates(): Record<Api, Rates> {
    const { app, track } = this.#state.meters;
    return { app: app.read(), track: track.read() };
  }

  /** Forgets all people, opt-outs, rates and used-up limits. */
  reset(): void {
    this.#state = workspaceState(this.options, this.number, this.settings);
  }

  #view({ cioId, id, email, attributes, writtenAt, createdBy }: StoredPerson): SandboxPerson {
    this.#state.optingOut.settle();
    return { cioId, id, email, attributes, writtenAt, optOuts: this.#state.optOuts.of(cioId), createdBy };
  }
}
