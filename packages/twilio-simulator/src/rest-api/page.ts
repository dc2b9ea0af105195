import type { LoggedMessage } from './logged-message';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;

/** The page that `query` asks for, in the form of Twilio's lists, with links to its neighbours. */
export function pageOf(messages: readonly LoggedMessage[], path: string, query: URLSearchParams) {
  const size = Math.min(Number(query.get('PageSize') ?? DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE);
  const number = Number(query.get('Page') ?? 0);
  const uri = (page: number): string => {
    const link = new URLSearchParams(query);
    link.set('PageSize', String(size));
    link.set('Page', String(page));
    if (page > 0) link.set('PageToken', `PA${messages[page * size - 1]?.sid ?? ''}`);
    return `${path}?${link.toString()}`;
  };
  const [start, end] = [number * size, Math.min((number + 1) * size, messages.length)];
  return {
    messages: messages.slice(start, end),
    page: number,
    page_size: size,
    start,
    end: end - 1,
    uri: uri(number),
    first_page_uri: uri(0),
    next_page_uri: end < messages.length ? uri(number + 1) : null,
    previous_page_uri: number > 0 ? uri(number - 1) : null,
  };
}
