/** What the simulator reads and writes. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  error(text: string): void;
}

/** Why nothing was sent, for the user to mend. */
export class SimulatorError extends Error {
  override readonly name = 'SimulatorError';
}
