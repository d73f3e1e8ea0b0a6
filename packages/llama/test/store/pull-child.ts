/** A process that pulls a model, for tests that kill it or run several: HOME ENDPOINT ENTRY(json). */
import { ModelStore } from '../../src/store/index.ts';

const [home, endpoint, entry] = process.argv.slice(2) as [string, string, string];
const store = new ModelStore({
  home,
  catalogue: [JSON.parse(entry)],
  env: { ...process.env, HF_ENDPOINT: endpoint, HF_HOME: `${home}/no-cache` },
});
let told = false;
const model = await store.pull('small', {
  onProgress: ({ phase, bytes }) => {
    if (phase === 'waiting') process.stdout.write('waiting\n');
    if (phase === 'downloading' && bytes > 0 && !told) {
      told = true;
      process.stdout.write('downloading\n');
    }
  },
});
process.stdout.write(`done ${model.size}\n`);
