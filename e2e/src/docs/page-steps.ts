/** A block of commands of a documentation page, and what the page says that they print. */
export interface PageStep {
  readonly commands: string;
  /** Undefined where the page does not say. A line `...` stands for any number of lines. */
  readonly shown: string | undefined;
}

const BLOCKS = /^```sh\n([^]*?)^```$(?:\n\n^```text\n([^]*?)^```$)?/gm;

/** The fenced `sh` blocks of a page in order, each with the `text` block right after it. */
export function pageSteps(markdown: string): PageStep[] {
  return [...markdown.matchAll(BLOCKS)].map(([, commands = '', shown]) => ({
    commands: commands.trim(),
    shown: shown?.trim(),
  }));
}

/** The page with other outputs, those of its steps in order; a step that says not what it prints keeps that. */
export function withOutputs(markdown: string, outputs: readonly string[]): string {
  let n = 0;
  return markdown.replace(BLOCKS, (block, commands: string, shown?: string) => {
    const output = outputs[n++] ?? '';
    return shown === undefined ? block : `\`\`\`sh\n${commands}\`\`\`\n\n\`\`\`text\n${output}\n\`\`\``;
  });
}
