import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Document } from '../openapi/document';

/** An answer, as it came. */
interface RawAnswer {
  readonly method: string;
  /** The path below `/api/v1`, without the query. */
  readonly path: string;
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Compares answers with an OpenAPI document, and remembers which it saw. */
export class Contract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  /** Such as `get /optouts/{phone} 200`. */
  readonly seen = new Set<string>();

  constructor(private readonly document: Document) {
    addFormats(this.ajv);
    this.ajv.addSchema(closed(document) as object, 'api');
  }

  /** @throws {Error} for an answer that the document does not describe, or that has another form */
  check({ method, path, status, type, text }: RawAnswer): void {
    const template = this.templateOf(path, method);
    // A path or a method that is in no document has no operation: the answer is a problem all the same.
    if (template === undefined) {
      this.validate('/components/schemas/Problem', JSON.parse(text));
      return;
    }
    const name = `${method} ${template} ${String(status)}`;
    this.seen.add(name);
    const response = this.document.paths[template]?.[method]?.responses[String(status)];
    if (!response) throw new Error(`${name} is not in the document`);
    const [documented] = Object.keys(response.content);
    const plain = type.split(';')[0] ?? '';
    if ((documented ?? '') !== plain) throw new Error(`${name} has the content type ${type}`);
    if (documented === undefined) {
      if (text !== '') throw new Error(`${name} has a body`);
      return;
    }
    const pointer = [template, method, 'responses', String(status), 'content', documented].map(escape);
    this.validate(`/paths/${pointer.join('/')}/schema`, JSON.parse(text));
  }

  private validate(pointer: string, value: unknown): void {
    const validate = this.ajv.getSchema(`api#${encodeURI(pointer)}`);
    if (!validate) throw new Error(`the document has nothing at ${pointer}`);
    if (validate(value)) return;
    throw new Error(`${pointer}: ${this.ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
  }

  private templateOf(path: string, method: string): string | undefined {
    return Object.keys(this.document.paths).find(
      (template) =>
        this.document.paths[template]?.[method] &&
        new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
  }
}

/** A JSON pointer's escapes (RFC 6901). */
const escape = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** The document with objects that have no other fields than it lists: a field that it lacks is a mistake here. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closed(item)]));
  const isOpen = copy.type === 'object' && copy.properties && copy.additionalProperties === undefined;
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}
