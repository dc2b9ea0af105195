/** `failure`: opt-outs are lost, or the system does not work. `warning`: it works, with a risk. */
type Level = 'failure' | 'warning';

export interface FindingDefinition {
  readonly level: Level;
  readonly why: string;
  readonly how: string;
  /** The command that mends it, or that shows more. */
  readonly command?: string;
}
