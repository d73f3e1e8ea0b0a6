/**
 * Ways to put a closed question to a model and to read a preference among the options out of log-probabilities. All of
 * them begin with text that does not depend on the question, so that an engine reads it once for all questions.
 */
import type { ChatMessage } from '@llambo/llama';

/** One reading: a prompt and the continuations whose log-probabilities are wanted. */
export interface ScoreCall {
  readonly prompt?: string;
  readonly messages?: readonly ChatMessage[];
  readonly options: readonly string[];
}

/** Log-probability of one continuation, as an engine gives it. */
export interface OptionScore {
  readonly logprob: number;
  readonly tokens: number;
  readonly bytes: number;
}

export interface Format {
  readonly name: string;
  /** Whether the options are shown, so that their order matters. */
  readonly ordered: boolean;
  /**
   * @param order position to option: `order[0]` is the option shown first; ignored unless `ordered`
   * @returns one call for all options, or one for each option
   */
  calls(question: string, options: readonly string[], order: readonly number[]): readonly ScoreCall[];
  /** A score for each option in the order of `options`, higher is better, from the answers to the calls. */
  read(answers: readonly (readonly OptionScore[])[], order: readonly number[]): OptionScore[];
}

export const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A few general questions that show the form of an answer, and nothing of any question set. */
const EXAMPLES: readonly (readonly [question: string, answer: string, others: readonly string[]])[] = [
  ['Which animal gives milk?', 'Cow', ['Hen', 'Trout', 'Eagle']],
  ['What do people use to cut paper?', 'Scissors', ['A spoon', 'A pillow', 'Soap']],
  [
    'It started to rain, so Anna',
    'opened her umbrella.',
    ['watered the garden.', 'put on her sunglasses.', 'fell asleep at noon.'],
  ],
  [
    'What is the best way to cool a hot drink?',
    'Add ice cubes',
    ['Put it in the oven', 'Close the window', 'Wear a warm coat'],
  ],
];
/** Where the right answer stands in each example: every letter once. */
const PLACES = [2, 0, 3, 1];

const plainHeader = EXAMPLES.map(([question, answer]) => `Question: ${question}\nAnswer: ${answer}\n\n`).join(
  '',
);

const listed = (question: string, options: readonly string[]): string =>
  `Question: ${question}\n${options.map((option, i) => `${LETTERS[i]}. ${option}\n`).join('')}Answer:`;

const listHeader = (byText: boolean): string =>
  EXAMPLES.map(([question, answer, others], at) => {
    const place = PLACES[at] as number;
    const shown = [...others.slice(0, place), answer, ...others.slice(place)];
    return `${listed(question, shown)} ${byText ? answer : LETTERS[place]}\n\n`;
  }).join('');

const letterHeader = listHeader(false);
const textHeader = listHeader(true);

const unordered = (
  name: string,
  call: (question: string) => Omit<ScoreCall, 'options'>,
  lead = ' ',
): Format => ({
  name,
  ordered: false,
  calls: (question, options) => [{ ...call(question), options: options.map((option) => lead + option) }],
  read: ([scores]) => [...(scores ?? [])],
});

const unpermuted = (scores: readonly OptionScore[], order: readonly number[]): OptionScore[] => {
  const result: OptionScore[] = [];
  order.forEach((option, position) => {
    result[option] = scores[position] as OptionScore;
  });
  return result;
};

const ordered = (name: string, call: (question: string, shown: readonly string[]) => ScoreCall): Format => ({
  name,
  ordered: true,
  calls: (question, options, order) => [
    call(
      question,
      order.map((option) => options[option] as string),
    ),
  ],
  read: ([scores], order) => unpermuted(scores ?? [], order),
});

const letters = (count: number): string[] => Array.from({ length: count }, (_, i) => ` ${LETTERS[i]}`);

const FORMATS: readonly Format[] = [
  // The option as the continuation of a bare question, of the question in a frame, and behind a few examples.
  unordered('bare', (question) => ({ prompt: question })),
  unordered('plain', (question) => ({ prompt: `Question: ${question}\nAnswer:` })),
  unordered('shots', (question) => ({ prompt: `${plainHeader}Question: ${question}\nAnswer:` })),
  unordered('chat', (question) => ({ messages: [{ role: 'user', content: question }] }), ''),
  // Without the question: how likely an option is anyway (domain-conditional prior; Holtzman et al. 2021).
  unordered('prior', () => ({ prompt: 'Answer:' })),
  unordered('shots-prior', () => ({ prompt: `${plainHeader}Question: N/A\nAnswer:` })),
  // Options shown: the letter, or the text, is the answer.
  ordered('letter', (question, shown) => ({
    prompt: listed(question, shown),
    options: letters(shown.length),
  })),
  ordered('shots-letter', (question, shown) => ({
    prompt: letterHeader + listed(question, shown),
    options: letters(shown.length),
  })),
  ordered('chat-letter', (question, shown) => ({
    messages: [
      {
        role: 'user',
        content: `${question}\n${shown.map((option, i) => `${LETTERS[i]}. ${option}`).join('\n')}\nAnswer with the letter of the right option only.`,
      },
    ],
    options: letters(shown.length).map((letter) => letter.trim()),
  })),
  ordered('list', (question, shown) => ({
    prompt: listed(question, shown),
    options: shown.map((option) => ` ${option}`),
  })),
  ordered('shots-list', (question, shown) => ({
    prompt: textHeader + listed(question, shown),
    options: shown.map((option) => ` ${option}`),
  })),
  // The other way round: how likely the question is, given the answer (noisy channel; Min et al. 2022).
  {
    name: 'channel',
    ordered: false,
    calls: (question, options) =>
      options.map((option) => ({ prompt: `Answer: ${option}\nQuestion:`, options: [` ${question}`] })),
    read: (answers) => answers.map(([score]) => score as OptionScore),
  },
];

const byName = new Map(FORMATS.map((format) => [format.name, format]));

/** A format by its registered name; undefined when there is none. */
export const findFormat = (name: string): Format | undefined => byName.get(name);

/** Cyclic rotation `by` of `count` options: each option stands once in each place over all rotations. */
export const rotation = (count: number, by: number): number[] =>
  Array.from({ length: count }, (_, i) => (i + by) % count);
