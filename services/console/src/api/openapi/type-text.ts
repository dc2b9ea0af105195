import type { JsonSchema } from './document';

/** A JSON Schema in a few words, such as `array of OptOutState, or null`. */
export function typeOf(schema: JsonSchema): string {
  const { $ref, anyOf, allOf, enum: values, const: value, type, items, default: byDefault } = schema;
  if (typeof $ref === 'string') return $ref.replace('#/components/schemas/', '');
  if (Array.isArray(anyOf)) return (anyOf as JsonSchema[]).map(typeOf).join(', or ');
  if (Array.isArray(allOf)) return typeOf(allOf[0] as JsonSchema);
  const suffix = byDefault === undefined ? '' : ` (default ${JSON.stringify(byDefault)})`;
  if (Array.isArray(values)) return values.map((one) => JSON.stringify(one)).join(' | ') + suffix;
  if (value !== undefined) return JSON.stringify(value);
  if (type === 'array') return `array of ${typeOf((items ?? {}) as JsonSchema)}`;
  if (schema.format === 'date-time') return 'time';
  return `${typeof type === 'string' ? type : 'any'}${rangeOf(schema)}${suffix}`;
}

function rangeOf({ minimum, maximum, maxLength }: JsonSchema): string {
  if (typeof minimum === 'number' && typeof maximum === 'number') {
    return ` from ${String(minimum)} to ${String(maximum)}`;
  }
  return typeof maxLength === 'number' ? ` of up to ${String(maxLength)} characters` : '';
}
