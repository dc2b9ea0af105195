/** The environment and output of the command line. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  error(text: string): void;
}

/** Why nothing was sent, as a message to the user. */
export class SimulatorError extends Error {
  override readonly name = 'SimulatorError';
}
