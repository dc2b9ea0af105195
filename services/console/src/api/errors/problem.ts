import type { Response } from 'express';
import { z } from 'zod';
import { API_ERRORS } from './api-errors';
import type { ApiError } from './api-error';

/** The body of every answer that is no success (RFC 9457). */
export const Problem = z
  .object({
    type: z.string().describe('where the code is explained'),
    title: z.string().describe('what the code means, the same each time'),
    status: z.int(),
    code: z.string().describe('stable: programs decide by it'),
    detail: z.string().describe('what was wrong with this request, and where'),
    remedy: z.string(),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('the invalid fields, 20 at most'),
  })
  .meta({ id: 'Problem' });

export const PROBLEM_TYPE = 'application/problem+json';

export function sendProblem(response: Response, { code, message, options }: ApiError): void {
  const { status, title, remedy } = API_ERRORS[code];
  const { headers = {}, fields } = options;
  const problem: z.infer<typeof Problem> = {
    type: `/api/docs#${code}`,
    title,
    status,
    code,
    detail: message,
    remedy,
    ...(fields && { errors: [...fields] }),
  };
  response
    .status(status)
    .set({ ...headers, 'cache-control': 'no-store' })
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem));
}
