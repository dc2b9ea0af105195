export interface ErrorCodeDefinition {
  /** One line for operators. */
  readonly meaning: string;
  /** What an operator does about it. */
  readonly remedy: string;
  /**
   * `dead_letter`: the job or message ends there. `waits`: the job waits without limit until it can succeed. `handled`: the
   * caller handles it, so operators never see it.
   */
  readonly ends: 'dead_letter' | 'waits' | 'handled';
}
