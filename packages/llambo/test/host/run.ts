/** Running Limbo programs beside a node by the files of run(4). */
import { existsSync, readFileSync } from 'node:fs';
import { compile } from '@llambo/limbo';
import { type Fsys, ORDWR, OWRITE } from '@llambo/styx';
import { includes } from '../../src/host/library.ts';

/** A program whose `init` has these statements, with some words at hand that say what came of an attempt. */
export function programOf(statements: string, more = ''): Uint8Array {
  const text = `implement Attack;
include "sys.m";
	sys: Sys;
	FD: import sys;
include "draw.m";
Attack: module { init: fn(ctxt: ref Draw->Context, argv: list of string); };

print(s: string) { sys->print("%s\\n", s); }
# what opening a file gives
try(name: string, mode: int)
{
	if(sys->open(name, mode) != nil)
		sys->print("%s: open\\n", name);
	else
		sys->print("%s: %r\\n", name);
}
read(name: string)
{
	fd := sys->open(name, Sys->OREAD);
	if(fd == nil){ sys->print("%s: %r\\n", name); return; }
	buf := array[8192] of byte;
	n := sys->read(fd, buf, len buf);
	if(n < 0) sys->print("%s: %r\\n", name);
	else sys->print("%s: '%s'\\n", name, string buf[0:n]);
}
write(name, text: string)
{
	fd := sys->open(name, Sys->OWRITE);
	if(fd == nil){ sys->print("%s: %r\\n", name); return; }
	b := array of byte text;
	if(sys->write(fd, b, len b) != len b) sys->print("%s: %r\\n", name);
	else sys->print("%s: written\\n", name);
}
ls(name: string)
{
	fd := sys->open(name, Sys->OREAD);
	if(fd == nil){ sys->print("%s: %r\\n", name); return; }
	sys->print("%s:", name);
	for(;;){
		(n, dirs) := sys->dirread(fd);
		if(n <= 0) break;
		for(i := 0; i < n; i++) sys->print(" %s", dirs[i].name);
	}
	sys->print("\\n");
}
${more}
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	argv = nil;
${statements}
}
`;
  const from = (path: string): string | Uint8Array | undefined =>
    path === 'attack.b' ? text : existsSync(path) ? readFileSync(path) : undefined;
  const { dis, diagnostics } = compile('attack.b', from, { include: includes });
  if (dis === undefined) throw new Error(diagnostics.map((d) => `${d.line}: ${d.message}`).join('\n'));
  return dis;
}

export interface RunOptions {
  readonly worker?: string;
  readonly args?: readonly string[];
  readonly memory?: number;
  readonly seconds?: number;
  readonly input?: string;
  /** Further lines for ctl. */
  readonly lines?: readonly string[];
}

export interface RunResult {
  readonly status: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an object file to its end. */
export async function run(fs: Fsys, dis: Uint8Array, options: RunOptions = {}): Promise<RunResult> {
  const {
    worker = 'worker-0001',
    args = ['attack'],
    memory = 4 << 20,
    seconds = 10,
    input = '',
    lines = [],
  } = options;
  const ctl = await fs.open('run/clone', ORDWR);
  const id = new TextDecoder().decode(await ctl.read()).trim();
  const tell = (line: string): Promise<void> => ctl.write(new TextEncoder().encode(line));
  try {
    await tell(`worker ${worker}\nmemory ${memory}\nseconds ${seconds}\nargs ${args.join(' ')}`);
    for (const line of lines) await tell(line);
    const program = await fs.open(`run/${id}/program`, OWRITE);
    await program.write(dis);
    await program.close();
    await tell('start');
    const data = await fs.open(`run/${id}/data`, ORDWR);
    if (input !== '') await data.write(new TextEncoder().encode(input));
    await tell('eof');
    const [stdout, stderr, status] = await Promise.all([
      all(data),
      fs.readText(`run/${id}/stderr`),
      fs.readText(`run/${id}/status`),
    ]);
    await data.close();
    return { stdout, stderr, status: status.trim() };
  } finally {
    await ctl.close();
  }
}

async function all(file: { read(): Promise<Uint8Array> }): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const bytes = await file.read();
    if (bytes.length === 0) return text;
    text += decoder.decode(bytes, { stream: true });
  }
}
