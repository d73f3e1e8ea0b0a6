#!/usr/bin/env node
/**
 * `dis run` is there for small programs too: it starts from one script, if the build made it, whose compiled code is kept
 * beside it from the first run on. Everything else starts from modules.
 */
const fs = process.getBuiltinModule('node:fs');
const nodeModule = process.getBuiltinModule('node:module');
const url = process.getBuiltinModule('node:url');
const vm = process.getBuiltinModule('node:vm');

const script = url.fileURLToPath(new URL('../dist/bundle/run.cjs', import.meta.url));

function read(file, encoding) {
  try {
    return fs.readFileSync(file, encoding);
  } catch {
    return undefined;
  }
}

/** Keeps compiled code for the next run; a folder that cannot be written to does without. */
function keep(file, data) {
  const temporary = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(temporary, data);
    fs.renameSync(temporary, file);
  } catch {
    // As said.
  }
}

async function run(source, args) {
  // V8 holds only the length of the source against the compiled code.
  const cache = `${script}.${Math.round(fs.statSync(script).mtimeMs).toString(36)}`;
  const cachedData = read(cache);
  const text = `(function (module, require) {${source}\n})`;
  const compiled = new vm.Script(text, { filename: script, cachedData });
  const made = { exports: {} };
  compiled.runInThisContext()(made, nodeModule.createRequire(script));
  const status = await made.exports.run(args);
  if (cachedData === undefined || compiled.cachedDataRejected) keep(cache, compiled.createCachedData());
  return status;
}

const [command, ...args] = process.argv.slice(2);
const source = command === 'run' ? read(script, 'utf8') : undefined;
if (source !== undefined) process.exit(await run(source, args));
// Node 22 and later can keep compiled code from one run to the next.
nodeModule.enableCompileCache?.();
await import('../dist/bundle/cli/main.js');
