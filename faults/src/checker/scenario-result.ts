import type { Violations } from './checker';

/** What a scenario found. */
export interface ScenarioResult {
  readonly scenario: string;
  /** Number of faults injected. */
  readonly faults: number;
  /** Messages that were answered 2xx, each counted once. */
  readonly accepted: number;
  /** Requests that carried them, redeliveries and forgeries included. */
  readonly deliveries: number;
  /** Requests that were not answered 2xx, forgeries not counted. */
  readonly failedDeliveries: number;
  readonly violations: Violations;
  /** People that a request created in Customer.io. */
  readonly created: number;
  readonly deadLetters: number;
  /** A few of them, as JSON. */
  readonly deadLetterExamples: readonly string[];
  /** Per fault: from its end until the last message accepted before that has its outcome. */
  readonly recoveryMs: readonly number[];
  readonly seconds: number;
  /** Why the scenario did not run to its end. */
  readonly failure?: string;
}

/** Whether the system fulfilled its promises. */
export function passed({ violations, created, deadLetters, failure }: ScenarioResult): boolean {
  const { lost, duplicated, wrong } = violations;
  return (
    lost.length + duplicated.length + wrong.length + created + deadLetters === 0 && failure === undefined
  );
}
