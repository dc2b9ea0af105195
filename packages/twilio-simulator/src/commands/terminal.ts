/** The environment and output of the command line. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  error(text: string): void;
}

/** Why nothing was sent, or why no answer arrived, as a message to the user. */
export class SimulatorError extends Error {
  override readonly name = 'SimulatorError';

  constructor(
    message: string,
    readonly code: 'nothing_sent' | 'no_answer' = 'nothing_sent',
  ) {
    super(message);
  }

  /** `misused`: the command line is wrong. `failed`: it may work another time. */
  get fault(): 'misused' | 'failed' {
    return this.code === 'nothing_sent' ? 'misused' : 'failed';
  }
}
