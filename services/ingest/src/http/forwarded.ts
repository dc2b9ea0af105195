/** A pair of a forwarded element: a name, and a token or a quoted text; then what separates it from the next. */
const PAIR = /\s*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))\s*([;,]|$)/y;

/**
 * The parameters of the first element of a `Forwarded` header (RFC 7239, 4), which the proxy nearest to the client added, by
 * their names in lower case. `undefined` when the element is malformed.
 */
export function firstForwarded(header: string): ReadonlyMap<string, string> | undefined {
  const params = new Map<string, string>();
  PAIR.lastIndex = 0;
  for (;;) {
    const pair = PAIR.exec(header);
    if (!pair) return undefined;
    const [, name = '', quoted, token = '', separator] = pair;
    params.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token);
    if (separator !== ';') return params;
  }
}
