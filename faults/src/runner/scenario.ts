import type { EnvironmentOptions } from '../environment/environment';
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
  /** Whether it is too slow for the short suite, or needs an environment of its own. */
  readonly fullOnly?: boolean;
  /** What its environment has that those of other scenarios have not. */
  readonly environment?: Omit<EnvironmentOptions, 'services' | 'withoutAof'>;
  inject(context: ScenarioContext): Promise<void>;
}
