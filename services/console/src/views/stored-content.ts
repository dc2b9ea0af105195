/** The user name and password of a URL within a text. */
const CREDENTIALS = /\/\/[^\s/?#]*@/g;

/**
 * A stored content as JSON, for whoever may see what people sent. Of the target of a forward only the host is in it: whoever has
 * its credentials, path and query can post to it.
 */
export const storedContent = (content: unknown, indent?: number): string =>
  JSON.stringify(content, withoutAccess, indent);

function withoutAccess(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (key === 'target' && URL.canParse(value)) return new URL(value).host;
  return value.replace(CREDENTIALS, '//***@');
}
