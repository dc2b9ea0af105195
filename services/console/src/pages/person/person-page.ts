import type { Subject } from '@optout-sync/shared/domain';
import type { User } from '../../http/route';
import type { Person } from './read-person';
import type { Verified } from './verify';

/** What the page of a person shows, and to whom. */
export interface PersonPage {
  readonly person: Person;
  /** The path of the page. */
  readonly path: string;
  readonly pathOf: (subject: Subject) => string;
  readonly user: User;
  readonly csrf: string;
  /** See `profilePagesOf`. */
  readonly profilePages: string | undefined;
  /** Whether the whole number was asked for, and the audit trail has it. */
  readonly revealed: boolean;
  readonly allMoments: boolean;
  /** The live comparison that was asked for, or why there is none. */
  readonly verified?: Verified | undefined;
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}
