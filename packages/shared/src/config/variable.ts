/** A process that reads environment variables; `launcher` is `npm start`, `simulator` is `npx optout-sync simulate`. */
type VariableReader = 'ingest' | 'worker' | 'console' | 'cli' | 'launcher' | 'simulator';

/** An environment variable that operators set. Each may also be given as `<name>_FILE`, the path of a file that holds it. */
export interface Variable {
  /** One sentence. docs/configuration.md and .env.example repeat it and may add more. */
  readonly meaning: string;
  /** As it is written in the environment. */
  readonly default?: string;
  /** Set where a process does not start without the variable; docs/configuration.md lists the exceptions. */
  readonly required?: true;
  /** Whether the value is, or may contain, a credential. It is never printed. */
  readonly secret?: true;
  /** A value for .env.example, where there is no default. */
  readonly example?: string;
  readonly readBy: readonly VariableReader[];
}
