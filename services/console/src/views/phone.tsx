import { maskPhone } from '@optout-sync/shared/domain';

/** A phone number: masked, unless it was revealed to this user in this answer. */
export const Phone = ({
  value,
  revealed = false,
}: {
  readonly value: string;
  readonly revealed?: boolean;
}) => <span class="phone">{revealed ? value : maskPhone(value)}</span>;
