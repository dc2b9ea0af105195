const ID_TYPES = ['id', 'email', 'cio_id'] as const;

/** The query's `id_type`, default `id`; undefined when it is none of the three. */
export function idType(query: URLSearchParams): (typeof ID_TYPES)[number] | undefined {
  const given = query.get('id_type') ?? 'id';
  return ID_TYPES.find((kind) => kind === given);
}
