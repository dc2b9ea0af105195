import { z } from 'zod';
import type { Product } from './api-hosts';
import type { RestClient } from './rest-client';
import { unexpectedResponse } from './twilio-api-error';

const PAGE_SIZE = 1_000;
/** Ends the loop when a broken server pages forever. */
const MAX_PAGES = 1_000;

const link = z
  .string()
  .nullish()
  .transform((uri) => uri ?? undefined);
/** The link to the next page is in `meta` in the newer APIs. */
const Links = z.object({ next_page_uri: link, meta: z.object({ next_page_url: link }).optional() });

/**
 * Reads a list to its end, page by page.
 *
 * @param name the field of the items in the answer
 * @throws {TwilioApiError} `twilio_answer_not_understood` also for an item that has not the form of `item`, with its path
 */
export async function readList<Item extends z.ZodType>(
  client: Pick<RestClient, 'get'>,
  { product, path, name, item }: { product: Product; path: string; name: string; item: Item },
): Promise<z.output<Item>[]> {
  const items: z.output<Item>[] = [];
  const schema = z.object({ [name]: z.array(item) });
  let uri: string | undefined = `${path}?PageSize=${String(PAGE_SIZE)}`;
  for (let page = 0; uri !== undefined; page++) {
    if (page === MAX_PAGES) throw unexpectedResponse(`${path}: endless pages`);
    const content = await client.get(uri, product);
    const read = schema.safeParse(content);
    const links = Links.safeParse(content);
    if (!read.success || !links.success)
      throw unexpectedResponse(`${path}: ${whereOf(read.error ?? links.error)}`);
    items.push(...(read.data[name] as z.output<Item>[]));
    uri = links.data.next_page_uri ?? links.data.meta?.next_page_url;
  }
  return items;
}

/** Parses an answer that is one resource. @throws {TwilioApiError} */
export function parseResource<Schema extends z.ZodType>(
  schema: Schema,
  content: unknown,
  path: string,
): z.output<Schema> {
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw unexpectedResponse(`${path}: ${whereOf(parsed.error)}`);
  return parsed.data;
}

/** The first field that differs, without its value. */
function whereOf(error: z.ZodError | undefined): string {
  const [issue] = error?.issues ?? [];
  return issue ? `${issue.path.join('.') || 'the answer'}: ${issue.message}` : 'the links of its pages';
}
