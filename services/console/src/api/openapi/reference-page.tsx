import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import { API_ERRORS } from '../errors/api-errors';
import type { Document, JsonSchema, Operation } from './document';
import { typeOf } from './type-text';

/** The reference of the API as a page: no script, and nothing from elsewhere. */
export function referencePage(document: Document): string {
  return `<!doctype html>${render(<Page document={document} />)}`;
}

const Page = ({ document }: { readonly document: Document }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>API of optout-sync</title>
      <link rel="stylesheet" href="/assets/console.css" />
    </head>
    <body>
      <main>
        <h1>API</h1>
        <p>
          {String(document.info.description)} Send <code>Authorization: Bearer &lt;token&gt;</code>; an
          operator creates tokens by <code>optout-sync token add</code>. For programs:{' '}
          <a href="/api/v1/openapi.json">openapi.json</a>.
        </p>
        <nav aria-label="Routes">
          <ul>
            {operationsOf(document).map(({ method, path, operation }) => (
              <li key={operation.operationId}>
                <a href={`#${operation.operationId}`}>
                  <code>
                    {method} {path}
                  </code>
                </a>{' '}
                {operation.summary}
              </li>
            ))}
          </ul>
        </nav>
        {operationsOf(document).map((one) => (
          <Route key={one.operation.operationId} {...one} />
        ))}
        <Schemas schemas={document.components.schemas} />
        <Errors />
      </main>
    </body>
  </html>
);

interface Listed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function operationsOf({ paths }: Document): Listed[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: `/api/v1${path}`,
      operation,
    })),
  );
}

const Route = ({ method, path, operation }: Listed) => {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const body = requestBody?.content['application/json']?.schema;
  return (
    <section aria-labelledby={operationId}>
      <h2 id={operationId}>
        <code>
          {method} {path}
        </code>
      </h2>
      <p>{summary}.</p>
      {description.split('\n\n').map((text) => (
        <p key={text}>{text}</p>
      ))}
      {parameters.length > 0 && (
        <Rows
          caption="Parameters"
          head={['name', 'in', 'type', '']}
          rows={parameters.map((one) => [
            <code key="name">{one.name}</code>,
            one.in,
            typeOf(one.schema),
            one.description,
          ])}
        />
      )}
      {body && <Fields caption="Body" schema={body} />}
      <Rows
        caption="Answers"
        head={['status', 'body', '']}
        rows={Object.entries(responses).map(([status, { description: text, content }]) => [
          status,
          Object.values(content)
            .map(({ schema }) => typeOf(schema))
            .join(),
          text,
        ])}
      />
    </section>
  );
};

const Schemas = ({ schemas }: { readonly schemas: Readonly<Record<string, JsonSchema>> }) => (
  <>
    <h2>Objects</h2>
    {Object.entries(schemas).map(([name, schema]) => (
      <section key={name} id={name}>
        <Fields caption={name} schema={schema} />
      </section>
    ))}
  </>
);

const Fields = ({ caption, schema }: { readonly caption: string; readonly schema: JsonSchema }) => {
  const properties = schema.properties as Readonly<Record<string, JsonSchema>> | undefined;
  if (!properties) {
    return (
      <p>
        {caption}: <code>{typeOf(schema)}</code>
      </p>
    );
  }
  const required = (schema.required ?? []) as readonly string[];
  return (
    <Rows
      caption={caption}
      head={['field', 'type', '']}
      rows={Object.entries(properties).map(([name, field]) => [
        <code key="name">{required.includes(name) ? name : `${name}?`}</code>,
        typeOf(field),
        typeof field.description === 'string' ? field.description : '',
      ])}
    />
  );
};

const Errors = () => (
  <>
    <h2>Errors</h2>
    <p>
      Each is <code>application/problem+json</code> (RFC 9457) with a stable <code>code</code>.
    </p>
    <Rows
      caption="Errors"
      head={['code', 'status', 'meaning', 'what to do']}
      rows={Object.entries(API_ERRORS).map(([code, { status, title, remedy }]) => [
        <code key="code" id={code}>
          {code}
        </code>,
        status,
        title,
        remedy,
      ])}
    />
  </>
);

const Rows = ({
  caption,
  head,
  rows,
}: {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}) => (
  <table>
    <caption>{caption}</caption>
    <thead>
      <tr>
        {head.map((label) => (
          <th scope="col" key={label}>
            {label}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map((cells, row) => (
        <tr key={row}>
          {cells.map((cell, column) => (
            <td key={column}>{cell}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);
