import { ApiError, invalidParameter } from './api-error';

/** An http or https URL of a form, or '' which removes it. @throws {ApiError} with `code` for any other text */
export function urlField(form: URLSearchParams, name: string, code: number): string | undefined {
  const url = form.get(name) ?? undefined;
  if (url === undefined || url === '') return url;
  if (/^https?:\/\/[^/]/.test(url) && URL.canParse(url)) return url;
  throw new ApiError(400, code, `${name} is not a valid URL`);
}

/** `GET` or `POST` of a form. @throws {ApiError} */
export function methodField(form: URLSearchParams, name: string): string | undefined {
  const method = form.get(name) ?? undefined;
  if (method === undefined || method === 'GET' || method === 'POST') return method;
  throw invalidParameter(`${name} must be GET or POST`);
}

/** `true` or `false` of a form. @throws {ApiError} */
export function booleanField(form: URLSearchParams, name: string): boolean | undefined {
  const text = form.get(name) ?? undefined;
  if (text === undefined) return undefined;
  if (!/^(true|false)$/i.test(text)) throw invalidParameter(`${name} must be true or false`);
  return text.toLowerCase() === 'true';
}

/** JSON objects of a form, one for each time that the name occurs. @throws {ApiError} */
export function jsonFields(form: URLSearchParams, name: string): Readonly<Record<string, unknown>>[] {
  return form.getAll(name).map((text) => {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return value as Readonly<Record<string, unknown>>;
      }
    } catch {
      // Reported below.
    }
    throw invalidParameter(`${name} is not a JSON object`);
  });
}
