/**
 * Collects what a service opens while it starts and releases it in the opposite order, once. The same idea as TC39's
 * `AsyncDisposableStack`, which Node 20 lacks.
 */
export class Disposer {
  private readonly callbacks: (() => unknown)[] = [];
  private disposing: Promise<void> | undefined;

  /** @param onDispose releases what was opened; a promise it returns is awaited */
  add(onDispose: () => unknown): void {
    this.callbacks.push(onDispose);
  }

  /** Runs the callbacks, the last added first. A further call returns the promise of the first. */
  dispose(): Promise<void> {
    return (this.disposing ??= this.runCallbacks());
  }

  private async runCallbacks(): Promise<void> {
    for (let next = this.callbacks.pop(); next; next = this.callbacks.pop()) await next();
  }
}
