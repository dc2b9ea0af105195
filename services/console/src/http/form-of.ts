import { text, type Request } from 'express';

/** More than any form of the console has: its largest field is a filter or a reason. */
const MAX_FORM = '64kb';

/** Reads the body of a form as text. */
export const readForm = text({ type: 'application/x-www-form-urlencoded', limit: MAX_FORM });

/** The fields of a request that `readForm` read. */
export const formOf = ({ body }: Request): URLSearchParams =>
  new URLSearchParams(typeof body === 'string' ? body : '');
