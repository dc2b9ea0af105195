type OptOutChannel = 'sms' | 'whatsapp';

/** A person's opt-out from one of our senders, as Customer.io lists it on their profile. */
export interface OptOut {
  channel: OptOutChannel;
  from: string;
}

/** Customer.io's native opt-outs per sender. */
export class OptOutStore {
  readonly #byCioId = new Map<string, Map<string, OptOut>>();

  set(cioId: string, { channel, from }: OptOut, optedOut: boolean): void {
    const own = this.#byCioId.get(cioId) ?? new Map<string, OptOut>();
    const stored = { channel, from: normalizeSender(channel, from) };
    if (optedOut) own.set(`${channel} ${stored.from}`, stored);
    else own.delete(`${channel} ${stored.from}`);
    this.#byCioId.set(cioId, own);
  }

  of(cioId: string): OptOut[] {
    return [...(this.#byCioId.get(cioId)?.values() ?? [])];
  }

  remove(cioId: string): void {
    this.#byCioId.delete(cioId);
  }
}

/** Customer.io stores SMS senders trimmed and in lower case. */
function normalizeSender(channel: OptOutChannel, from: string): string {
  return channel === 'sms' ? from.trim().toLowerCase() : from.trim();
}
