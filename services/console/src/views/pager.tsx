/** Links to the first and the next page of a list. The cursor is in the URL, with the filters of the present page. */
export const Pager = ({
  path,
  query,
  next,
}: {
  readonly path: string;
  readonly query: URLSearchParams;
  /** The cursor of the next page; absent on the last one. */
  readonly next: string | undefined;
}) => {
  const href = (cursor: string | undefined): string => {
    const target = new URLSearchParams(query);
    target.delete('cursor');
    if (cursor !== undefined) target.set('cursor', cursor);
    const text = target.toString();
    return text === '' ? path : `${path}?${text}`;
  };
  const isFirst = !query.has('cursor');
  if (isFirst && next === undefined) return null;
  return (
    <nav class="pager" aria-label="Pages of the list">
      {!isFirst && <a href={href(undefined)}>First page</a>}
      {next !== undefined && (
        <a href={href(next)} rel="next">
          Next page
        </a>
      )}
    </nav>
  );
};
