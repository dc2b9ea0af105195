import { invalidParameter } from './api-error';
import type { ApiRequest } from './operation';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly size: number;
  readonly number: number;
  readonly start: number;
  readonly end: number;
  link(page: number): string;
  readonly next: number | undefined;
  readonly previous: number | undefined;
}

/** The page that `query` asks for. */
function pageOf<Item extends object>(
  all: readonly Item[],
  { path, query }: Pick<ApiRequest, 'path' | 'query'>,
): Page<Item> {
  const size = Math.min(count(query, 'PageSize', DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE);
  const number = count(query, 'Page', 0);
  const [start, end] = [number * size, Math.min((number + 1) * size, all.length)];
  const link = (page: number): string => {
    const params = new URLSearchParams(query);
    params.set('PageSize', String(size));
    params.set('Page', String(page));
    if (page > 0) params.set('PageToken', `PA${sidOf(all[page * size - 1])}`);
    return `${path}?${params.toString()}`;
  };
  return {
    items: all.slice(start, end),
    size,
    number,
    start,
    end,
    link,
    next: end < all.length ? number + 1 : undefined,
    previous: number > 0 ? number - 1 : undefined,
  };
}

function sidOf(item: object | undefined): string {
  const { sid } = (item ?? {}) as { readonly sid?: string };
  return sid ?? '';
}

function count(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name) ?? String(otherwise);
  if (!/^\d+$/.test(text) || (name === 'PageSize' && text === '0')) {
    throw invalidParameter(`Invalid ${name} ${text}`);
  }
  return Number(text);
}

/** A list of the 2010 API, with relative links. */
export function listOf2010(
  name: string,
  all: readonly object[],
  request: Pick<ApiRequest, 'path' | 'query'>,
): Record<string, unknown> {
  const page = pageOf(all, request);
  return {
    [name]: page.items,
    page: page.number,
    page_size: page.size,
    start: page.start,
    end: page.end - 1,
    uri: page.link(page.number),
    first_page_uri: page.link(0),
    next_page_uri: page.next === undefined ? null : page.link(page.next),
    previous_page_uri: page.previous === undefined ? null : page.link(page.previous),
  };
}

/** A list of the newer APIs (`/v1/...`), with absolute links in `meta`. */
export function listOfV1(
  name: string,
  all: readonly object[],
  request: Pick<ApiRequest, 'path' | 'query' | 'origin'>,
): Record<string, unknown> {
  const page = pageOf(all, request);
  const url = (number: number | undefined) =>
    number === undefined ? null : `${request.origin}${page.link(number)}`;
  return {
    [name]: page.items,
    meta: {
      page: page.number,
      page_size: page.size,
      first_page_url: url(0),
      previous_page_url: url(page.previous),
      url: url(page.number),
      next_page_url: url(page.next),
      key: name,
    },
  };
}
