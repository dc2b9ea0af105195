import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { tablesIn } from './docs/markdown-tables';

const ROOT = join(__dirname, '../..');
const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'];
const SERVICES = ['services/ingest', 'services/worker', 'services/console', 'packages/shared'];
/** The beginning of a text that is long enough to tell it from others. */
const SHORTEST_PREFIX = 10;

/** A line as the code writes it: its text, or where that begins, and the fields that are named there. */
interface LogLine {
  readonly text: string;
  readonly fields: readonly string[];
}

const DOCS = tablesIn(readFileSync(join(ROOT, 'docs/operations.md'), 'utf8'));
const ROWS = DOCS.filter(({ header }) => header[0] === 'log line').flatMap(({ rows }) => rows);

describe('the log lines in docs/operations.md', () => {
  const lines = SERVICES.flatMap(linesOf);

  it('are found in the code', () => {
    expect(lines.length).toBeGreaterThan(60);
  });

  it.each(lines)('have a row with all fields of "$text"', ({ text, fields }) => {
    const row = ROWS.find(([texts = '']) => namesIn(texts).some((name) => isTextOf(name, text)));
    expect(row).toBeDefined();
    const named = new Set(namesIn(row?.join(' ') ?? ''));
    expect(fields.filter((field) => field !== 'code' && !named.has(field))).toEqual([]);
  });
});

const namesIn = (cells: string): string[] => [...cells.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

const isTextOf = (name: string, text: string): boolean =>
  name === text || (name.length >= SHORTEST_PREFIX && text.startsWith(name));

function linesOf(folder: string): LogLine[] {
  return readdirSync(join(ROOT, folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.ts$|test-support/.test(path))
    .map((path) => readFileSync(join(ROOT, folder, 'src', path), 'utf8'))
    .filter((source) => /\blog\b/.test(source))
    .flatMap(linesIn);
}

function linesIn(source: string): LogLine[] {
  const file = ts.createSourceFile('x.tsx', source, ts.ScriptTarget.Latest, true);
  const found: LogLine[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isLogged(node.expression)) {
      const text = node.arguments.at(-1);
      const fields = node.arguments.length > 1 ? fieldsOf(node.arguments[0]) : [];
      for (const one of text ? textsOf(text) : []) found.push({ text: one, fields });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Whether this is `log.<level>` or `log[<level>]`, of whatever holds the log. */
function isLogged(called: ts.Expression): boolean {
  if (ts.isElementAccessExpression(called)) return isLog(called.expression);
  return (
    ts.isPropertyAccessExpression(called) && LEVELS.includes(called.name.text) && isLog(called.expression)
  );
}

function isLog(node: ts.Expression): boolean {
  return /(?:^|\.)log$/.test(node.getText());
}

/** The texts that an argument may be; none where it comes from elsewhere, as a warning of the configuration does. */
function textsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) return node.head.text.length >= SHORTEST_PREFIX ? [node.head.text] : [];
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap((one) => textsOf(one));
  if (ts.isIdentifier(node)) return valueOf(node).flatMap((one) => textsOf(one));
  return [];
}

function fieldsOf(node: ts.Expression | undefined): string[] {
  if (!node) return [];
  if (ts.isParenthesizedExpression(node)) return fieldsOf(node.expression);
  if (ts.isIdentifier(node)) return valueOf(node).flatMap((one) => fieldsOf(one));
  if (ts.isBinaryExpression(node)) return fieldsOf(node.right);
  if (ts.isConditionalExpression(node))
    return [node.whenTrue, node.whenFalse].flatMap((one) => fieldsOf(one));
  if (!ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap((property) =>
    ts.isSpreadAssignment(property)
      ? fieldsOf(property.expression)
      : ts.isIdentifier(property.name)
        ? [property.name.text]
        : [],
  );
}

/** The value of the constant that a name stands for; none where it is a parameter. */
function valueOf(name: ts.Identifier): ts.Expression[] {
  for (let scope: ts.Node = name.parent; !ts.isSourceFile(scope); scope = scope.parent) {
    if (ts.isFunctionLike(scope) && scope.parameters.some((one) => one.name.getText() === name.text))
      return [];
    if (!ts.isBlock(scope)) continue;
    const declared = scope.statements
      .filter(ts.isVariableStatement)
      .flatMap((one) => one.declarationList.declarations);
    const found = declared.find((one) => one.name.getText() === name.text);
    if (found) return found.initializer ? [found.initializer] : [];
  }
  return [];
}
