import type { ScenarioContext } from './scenario-context';

/** One kind of fault, injected many times under load. */
export interface Scenario {
  readonly name: string;
  /** Messages per second (default 40). */
  readonly perSecond?: number;
  /** Whether all messages arrive by webhook, none by Event Streams. */
  readonly webhooksOnly?: boolean;
  /** Whether profiles change, so that the result is judged only after a full pass of the reconciler. */
  readonly changesProfiles?: boolean;
  inject(context: ScenarioContext): Promise<void>;
}
