const ID_TYPES = ['id', 'email', 'cio_id'] as const;

export const ID_TYPE_ERROR = 'id_type must be id, email or cio_id';

/** The query's `id_type`, by default `id`; undefined for an unknown one. */
export function parseIdType(query: URLSearchParams): (typeof ID_TYPES)[number] | undefined {
  const given = query.get('id_type') ?? 'id';
  return ID_TYPES.find((kind) => kind === given);
}
