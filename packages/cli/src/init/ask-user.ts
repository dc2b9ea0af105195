import { input, password, select } from '@inquirer/prompts';
import type { PromptStreams } from '../frame/terminal';
import type { Question } from './questions';

/** Asks one question; Enter takes the present value. Ctrl-C ends the command. */
export async function askUser(
  { text, isSecret, choices, example }: Question,
  {
    present,
    prompt,
    check,
  }: {
    readonly present: string | undefined;
    readonly prompt: PromptStreams | undefined;
    readonly check: (answer: string) => true | string;
  },
): Promise<string> {
  const clean = (answer: string): string => answer.trim() || (present ?? '');
  const validate = (answer: string): true | string => check(clean(answer));
  if (choices) {
    const fallback = present !== undefined && choices.includes(present) ? present : choices[0];
    const asked = {
      message: text,
      choices: [...choices],
      ...(fallback !== undefined && { default: fallback }),
    };
    return select(asked, prompt);
  }
  if (isSecret) {
    const hint = present === undefined ? '' : ' (Enter keeps the present one)';
    return clean(await password({ message: `${text}${hint}`, mask: '*', validate }, prompt));
  }
  const fallback = present ?? example;
  return clean(
    await input({ message: text, validate, ...(fallback !== undefined && { default: fallback }) }, prompt),
  );
}
