import { inPath } from '../../http/in-path';
import { Cut } from '../../views/cut';

const MAX_IDS = 50;
/** The longest id that Customer.io has (docs.customer.io, limits of the Track API). */
const MAX_ID_CHARACTERS = 150;

/** People by cio_id, with links to their pages in Customer.io. */
export const CioIds = ({
  ids,
  pages,
}: {
  readonly ids: readonly string[];
  /** The address that a cio_id is added to; without one there are no links. */
  readonly pages: string | undefined;
}) => (
  <>
    {ids.slice(0, MAX_IDS).map((id) => (
      <>
        <CioId id={id} pages={pages} />{' '}
      </>
    ))}
    {ids.length > MAX_IDS && `and ${String(ids.length - MAX_IDS)} more`}
  </>
);

export const CioId = ({ id, pages }: { readonly id: string; readonly pages: string | undefined }) =>
  pages === undefined || id.length > MAX_ID_CHARACTERS ? (
    <code>
      <Cut text={id} />
    </code>
  ) : (
    <a href={`${pages}${inPath(id)}/attributes`} rel="noreferrer noopener" target="_blank">
      <Cut text={id} />
    </a>
  );
