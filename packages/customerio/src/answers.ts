import { z } from 'zod';
import { safeErrorText } from './safe-error-text';

/*
 * The forms in which Customer.io answers. A gateway in between may answer 200, 202, 207 or 404 in forms of its own, so a
 * response counts only in the form of its operation. Keys that are not listed are ignored.
 *
 * Sources: https://docs.customer.io/integrations/api/app/, https://docs.customer.io/integrations/api/track/
 */

/** A response before its form is checked. A body is parsed JSON, or text; '' when there is none. */
export interface RawAnswer {
  readonly status: number;
  readonly data: unknown;
}

/** Checks the form of an answer and reduces it to what is used of it. */
export type AnswerForm<Data> = z.ZodType<Data>;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value says anything: an empty list, text or object of errors reports no error. */
function hasContent(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** Whether a response is an error in Customer.io's form: `{"errors":[..]}` or `{"meta":{"error":".."}}`. */
export function isErrorForm(data: unknown): boolean {
  if (!isObject(data)) return false;
  const { errors, meta } = data;
  if (Array.isArray(errors)) return errors.length > 0;
  return isObject(meta) && (hasContent(meta.error) || hasContent(meta.errors));
}

/** What an error in Customer.io's form says, as `safeErrorText` gives it; `undefined` when it says nothing. */
export function errorText(data: unknown): string | undefined {
  if (!isErrorForm(data) || !isObject(data)) return undefined;
  const { errors, meta } = data;
  const inMeta = isObject(meta) ? [meta.error, meta.errors].flat() : [];
  const first = [...(Array.isArray(errors) ? (errors as unknown[]) : []), ...inMeta].find(hasContent);
  const parts = isObject(first) ? [first.reason, first.field, first.message ?? first.detail] : [first];
  return (
    safeErrorText(parts.filter((part) => typeof part === 'string' && part !== '').join(' ')) || undefined
  );
}

/** Whether a body with a status of success reports an error. */
function reportsError({ error, errors, message, meta }: Readonly<Record<string, unknown>>): boolean {
  const inMeta = isObject(meta) ? [meta.error, meta.errors] : [];
  return [error, errors, message, ...inMeta].some(hasContent);
}

const successBody = z.custom<Readonly<Record<string, unknown>>>(
  (data) => isObject(data) && !reportsError(data),
  'is not an object without errors',
);

/** A number that JSON carries without loss, or text. */
const id = z.union([z.string(), z.int()]);
const cioId = z.union([z.string().min(1), z.int()]).transform(String);

const SEARCH_KEYS = ['identifiers', 'ids', 'next'];

/** `POST /v1/customers`. Nobody found is `null`, an empty list or no key at all, but never all three keys missing. */
export const searchAnswer = z
  .object({
    status: z.literal(200),
    data: successBody
      .refine(
        (data) => SEARCH_KEYS.some((key) => Object.hasOwn(data, key)),
        `has none of ${SEARCH_KEYS.join()}`,
      )
      .pipe(
        z.object({
          identifiers: z.array(z.object({ cio_id: cioId })).nullish(),
          ids: z.array(id.nullable()).nullish(),
          next: z.string().nullish(),
        }),
      )
      // Both lists name the same people: one that is named by `ids` alone could not be written to.
      .refine(
        ({ identifiers, ids }) => (ids?.length ?? 0) <= (identifiers?.length ?? 0),
        'lacks identifiers',
      ),
  })
  .transform(({ data }) => ({
    cioIds: (data.identifiers ?? []).map(({ cio_id }) => cio_id),
    next: data.next ?? '',
  }));

/** Values come back as text, objects perhaps as they are; see `attributeValue`. */
const values = z
  .record(z.string(), z.unknown())
  .nullable()
  .transform((all) => all ?? {});
/** Unix seconds at which each attribute was last set; empty where the answer has none. */
const timestamps = z.record(z.string(), z.coerce.number().positive().optional().catch(undefined)).catch({});
const person = z.object({ identifiers: z.object({ cio_id: cioId }), attributes: values, timestamps });

/** `POST /v1/customers/attributes`. Documented as nested, observed as flat: both are accepted. */
export const attributesAnswer = z
  .object({
    status: z.literal(200),
    data: successBody.pipe(
      z.object({
        customers: z
          .array(z.union([z.object({ customer: person }).transform(({ customer }) => customer), person]))
          .nullable(),
      }),
    ),
  })
  .transform(({ data }) => data.customers ?? []);

const itemError = z.object({
  batch_index: z.int().nonnegative(),
  reason: z.string().nullish().catch(undefined),
  field: z.string().nullish().catch(undefined),
});

/** `POST /api/v2/batch`: 200 `{}` when all items are accepted, else 207 with the errors of the rejected ones. */
export const batchAnswer = z
  .discriminatedUnion('status', [
    z.object({ status: z.literal(200), data: successBody }),
    z.object({ status: z.literal(207), data: z.object({ errors: z.array(itemError).min(1) }) }),
  ])
  .transform(({ status, data }) => (status === 207 ? data.errors : []));

/** `PUT /v1/customers/{id}/optouts`: documented as 204; a 200 that reports no error is accepted as well. */
export const optOutsAnswer = z
  .discriminatedUnion('status', [
    z.object({ status: z.literal(204) }),
    z.object({ status: z.literal(200), data: z.union([z.literal(''), z.null(), successBody]) }),
  ])
  .transform(() => undefined);

const optOutsOfPerson = z.object({
  cio_id: cioId,
  optouts: z.array(z.object({ channel: z.string() })).nullish(),
});

/** `GET /v1/optouts`: nobody is `null`, an empty list or no key. */
export const optOutListAnswer = z
  .object({
    status: z.literal(200),
    data: successBody
      .refine((data) => ['optouts', 'next'].some((key) => Object.hasOwn(data, key)), 'has no optouts')
      .pipe(z.object({ optouts: z.array(optOutsOfPerson).nullish(), next: z.string().nullish() })),
  })
  .transform(({ data }) => ({
    entries: (data.optouts ?? []).map(({ cio_id, optouts }) => ({
      cioId: cio_id,
      channels: new Set((optouts ?? []).map(({ channel }) => channel)),
    })),
    next: data.next ?? '',
  }));

/** `GET /api/v1/accounts/region` */
export const regionAnswer = z
  .object({ status: z.literal(200), data: successBody.pipe(z.object({ region: z.enum(['us', 'eu']) })) })
  .transform(({ data }) => data);

/** Any answer that is Customer.io's by its form, where nothing of it is used. */
export const anyObjectAnswer = z
  .object({ status: z.literal(200), data: successBody })
  .transform(() => undefined);
