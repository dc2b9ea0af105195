import { parser } from '@prometheus-io/lezer-promql';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** A series that a query names, with the labels that it selects, groups or shows by. */
export interface NamedSeries {
  readonly name: string;
  readonly labels: readonly string[];
}

/**
 * The series and labels that a query of PromQL names, from its syntax tree.
 *
 * @throws {Error} with the place, when the query is not PromQL
 */
export function namesIn(query: string): NamedSeries[] {
  const found: NamedSeries[] = [];
  const textOf = ({ from, to }: { from: number; to: number }): string => query.slice(from, to);
  const labelsIn = (node: SyntaxNode | null, type: string): string[] => descendants(node, type).map(textOf);
  parser.parse(query).iterate({
    enter: ({ type, from, node }) => {
      if (type.isError) throw new Error(`not PromQL at ${query.slice(from)}, in ${query}`);
      if (type.name !== 'VectorSelector') return;
      const grouped = ancestors(node, 'AggregateExpr').flatMap((aggregation) =>
        labelsIn(aggregation.getChild('AggregateModifier'), 'LabelName'),
      );
      const [name = ''] = labelsIn(node, 'Identifier');
      found.push({ name, labels: [...labelsIn(node, 'LabelName'), ...grouped] });
    },
  });
  return found;
}

function descendants(node: SyntaxNode | null, type: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node?.firstChild; child; child = child.nextSibling) {
    if (child.name === type) found.push(child);
    found.push(...descendants(child, type));
  }
  return found;
}

function ancestors(node: SyntaxNode, type: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let parent = node.parent; parent; parent = parent.parent) if (parent.name === type) found.push(parent);
  return found;
}
