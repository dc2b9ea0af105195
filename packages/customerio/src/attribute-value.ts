/** The attributes of a person, as an answer holds them. */
export type AttributeValues = Readonly<Record<string, unknown>>;

/**
 * Returns the value of an attribute as text; undefined where there is none, or where it is a list or an object. A name in dot
 * notation, as `cio_subscription_preferences.topics.topic_1`, is also found inside the attribute that its first part names,
 * which the answer holds as an object or as its JSON text.
 */
export function attributeValue(attributes: AttributeValues, name: string): string | undefined {
  if (Object.hasOwn(attributes, name)) return asText(attributes[name]);
  const [root = '', ...path] = name.split('.');
  let value: unknown = Object.hasOwn(attributes, root) && path.length > 0 ? attributes[root] : undefined;
  if (typeof value === 'string') value = parseJson(value);
  for (const key of path) value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return asText(value);
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
