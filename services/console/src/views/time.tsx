/** A moment in UTC, as in the logs. @param at in ms since 1970; a dash where there is none */
export const Time = ({ at }: { readonly at: number | undefined }) => {
  const date = new Date(at ?? NaN);
  if (Number.isNaN(date.getTime())) return <span class="unset">–</span>;
  const iso = date.toISOString();
  return <time dateTime={iso}>{`${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`}</time>;
};
