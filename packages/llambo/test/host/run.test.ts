import { ORDWR, OWRITE } from '@llambo/styx';
import { describe, expect, test } from 'vitest';
import { startBench, until } from './helper.ts';
import { programOf, run } from './run.ts';

const hello = programOf('print("hello");');

describe('a program beside a node', () => {
  test('prints on standard output, and its status is empty', async () => {
    const { fs } = await startBench();
    expect(await run(fs, hello)).toEqual({ stdout: 'hello\n', stderr: '', status: "status=''" });
  });

  test('reads standard input to its end', async () => {
    const { fs } = await startBench();
    const cat = programOf(`
	buf := array[5] of byte;
	while((n := sys->read(sys->fildes(0), buf, len buf)) > 0)
		sys->write(sys->fildes(1), buf, n);`);
    expect((await run(fs, cat, { input: 'one two three' })).stdout).toBe('one two three');
  });

  test('its failure is its status, its words are on standard error', async () => {
    const { fs } = await startBench();
    const fails = programOf('sys->fprint(sys->fildes(2), "no luck\\n"); raise "fail:bad luck";');
    expect(await run(fs, fails)).toEqual({ stdout: '', stderr: 'no luck\n', status: "status='bad luck'" });
    const breaks = programOf('a: array of int; a[1] = 2;');
    expect(await run(fs, breaks)).toEqual({
      stdout: '',
      stderr: '[Attack] Broken: "array bounds error"\n',
      status: "status='array bounds error'",
    });
  });

  test('asks the model as the node does, with a cache of its own', async () => {
    const { fs, engine } = await startBench();
    const ask = programOf(`
	ctl := sys->open("/dev/llama/clone", Sys->ORDWR);
	buf := array[512] of byte;
	n := sys->read(ctl, buf, len buf);
	data := sys->open("/dev/llama/" + string int string buf[0:n] + "/data", Sys->ORDWR);
	sys->fprint(data, "echo a b c");
	while((n = sys->read(data, buf, len buf)) > 0)
		sys->write(sys->fildes(1), buf, n);`);
    expect((await run(fs, ask)).stdout).toBe('a b c ');
    expect(engine.callers.at(-1)).toMatch(
      /^run-\d+-\d+@worker-0001 weight=0.5 tenant='run-\d+-\d+@worker-0001'$/,
    );
    expect((await run(fs, ask, { lines: ["tenant 'team a'"] })).stdout).toBe('a b c ');
    expect(engine.callers.at(-1)).toMatch(/tenant='team a'$/);
  });

  test('uses modules of /dis/lib', async () => {
    const { fs } = await startBench();
    const upper = programOf(
      'str := load String String->PATH; print(str->toupper("loud"));',
      'include "string.m";',
    );
    expect((await run(fs, upper)).stdout).toBe('LOUD\n');
  });

  test('sees what was granted, and nothing else', async () => {
    const { fs, host } = await startBench();
    const look = programOf('ls("/n"); ls("/n/cluster/worker-0001"); try("/n/other", 0);');
    const { stdout } = await run(fs, look, { lines: [`mount ${host.address} /n/cluster`] });
    expect(stdout).toBe(
      "/n: cluster\n/n/cluster/worker-0001: ctl data status namespace models dis\n/n/other: '/n/other' file does not exist\n",
    );
    await expect(run(fs, look, { lines: [`mount ${host.address} /dev`] })).rejects.toThrow(
      'expected /n/NAME',
    );
  });

  test('is killed when time is up', async () => {
    const { fs } = await startBench();
    const { status, stdout } = await run(fs, programOf('print("x"); sys->sleep(60000);'), { seconds: 0.2 });
    expect({ status, stdout }).toEqual({ status: "status='killed: over 0.2 seconds'", stdout: 'x\n' });
  });

  test('is killed when whoever started it goes', async () => {
    const { fs, engine } = await startBench();
    const waits = programOf(`
	ctl := sys->open("/dev/llama/clone", Sys->ORDWR);
	sys->sleep(60000);
	ctl = nil;`);
    const ctl = await fs.open('run/clone', ORDWR);
    await ctl.write(new TextEncoder().encode('worker worker-0001'));
    const program = await fs.open('run/0/program', OWRITE);
    await program.write(waits);
    await ctl.write(new TextEncoder().encode('start'));
    await until(() => engine.open === 1, 'conversation');
    await program.close();
    await ctl.close();
    await until(() => engine.open === 0, 'end');
    await expect(fs.readText('run/0/status')).rejects.toThrow('does not exist');
  });

  test.each([
    ['start', 'bad-request: write the object file to program first'],
    ['memory 12', 'bad-request: memory 12: expected 65536'],
    ['seconds never', 'bad-request: seconds never'],
    ['eof', 'bad-request: it has not been started'],
    ['fly', 'unknown command "fly"'],
  ])('%s is refused: %s', async (line, error) => {
    const { fs } = await startBench();
    const ctl = await fs.open('run/clone', ORDWR);
    await expect(ctl.write(new TextEncoder().encode(line))).rejects.toThrow(error);
    await ctl.close();
  });

  test('what is no program is refused with a reason', async () => {
    const { fs } = await startBench();
    await expect(run(fs, new Uint8Array([1, 2, 3]))).rejects.toThrow(
      'bad-request: program cannot be started:',
    );
    await expect(run(fs, hello, { worker: 'worker-0009' })).rejects.toThrow(
      'unknown-node: no worker worker-0009',
    );
  });
});
