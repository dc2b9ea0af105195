import type { Launcher } from './launcher';

/** Sends one more STOP, as the command that the terminal shows does. */
export async function sendStop(launcher: Launcher): Promise<number> {
  const [url = '', signature = '', body = ''] = await launcher.says(
    /^curl -i (\S+) -H 'X-Twilio-Signature: (\S+)' -d '([^']+)'$/m,
  );
  const headers = { 'x-twilio-signature': signature, 'content-type': 'application/x-www-form-urlencoded' };
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

/** A number on the metrics page of a part. */
export async function metric(
  launcher: Launcher,
  part: 'ingest' | 'worker',
  pattern: RegExp,
): Promise<number> {
  const [url = ''] = await launcher.says(new RegExp(`^ {2}${part} +(\\S+/metrics)`, 'm'));
  const text = await fetch(url).then((response) => response.text());
  return Number(pattern.exec(text)?.[1] ?? Number.NaN);
}
