import { InvalidArgumentError } from 'commander';

/** An http or https URL, without slashes at its end. @throws {InvalidArgumentError} */
export function httpUrl(text: string): string {
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('It must be a URL that begins with https:// (or http://).');
  }
  return text.replace(/\/+$/, '');
}

/** Twilio's connection overrides, such as `rc=3&rp=all`. @throws {InvalidArgumentError} */
export function connectionOverrides(text: string): string {
  if (/^[a-z]+=[\w,.]+(?:&[a-z]+=[\w,.]+)*$/.test(text)) return text;
  throw new InvalidArgumentError('It must be pairs such as rc=3&rp=all.');
}
