/**
 * What a hostile program on a node may try, and what it gets: an error, every time. Each attack is the body of a Limbo
 * program, run in a fresh machine beside worker-0001; the words behind it are all that it got to see.
 */
import { EchoEngine } from '@llambo/llama';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineServer } from '../../src/engine/server.ts';
import { compileFile } from '../../src/host/library.ts';
import { answerOf, type Bench, bench, startBench } from './helper.ts';
import { programOf, type RunOptions, run } from './run.ts';

type Attack = readonly [
  name: string,
  statements: string,
  seen: string,
  options?: RunOptions & { status?: string; more?: string },
];

const missing = (...names: string[]): string =>
  names.map((name) => `${name}: '${name}' file does not exist\n`).join('');

const attacks: Record<string, readonly Attack[]> = {
  'other nodes': [
    ['read what is in /n', 'ls("/n"); ls("/n/llambo");', '/n: llambo\n/n/llambo:\n'],
    [
      'ask in the name of another node, or of its own',
      'try("/n/llambo/worker-0002/data", Sys->ORDWR); try("/n/llambo/worker-0001/data", Sys->ORDWR);',
      "/n/llambo/worker-0002/data: '/n/llambo/worker-0002' does not exist\n/n/llambo/worker-0001/data: '/n/llambo/worker-0001' does not exist\n",
    ],
    [
      'find conversations of others with the engine',
      'ls("/dev/llama"); read("/dev/llama/0/data"); write("/dev/llama/0/ctl", "cancel");',
      "/dev/llama: clone ctl status\n/dev/llama/0/data: '/dev/llama/0' file does not exist\n/dev/llama/0/ctl: '/dev/llama/0' file does not exist\n",
    ],
    [
      'see the processes of other machines',
      'ls("/prog"); read("/prog/2/status"); write("/prog/2/ctl", "kill");',
      "/prog: 1\n/prog/2/status: '/prog/2' file does not exist\n/prog/2/ctl: '/prog/2' file does not exist\n",
    ],
    ['see the environment of others', 'ls("/env");', '/env:\n'],
    ['see temporary files of others', 'ls("/tmp");', '/tmp:\n'],
    [
      'use open files that it was not given',
      'for(i := 3; i < 100; i++) if(sys->fildes(i) != nil) print("open");',
      '',
    ],
  ],
  'the host': [
    [
      'read its files',
      'try("/etc/passwd", 0); try("/proc/self/environ", 0); try("/home", 0); try("/root", 0);',
      "/etc/passwd: '/etc' file does not exist\n/proc/self/environ: '/proc' file does not exist\n" +
        missing('/home', '/root'),
    ],
    [
      'attach devices that lead there',
      'try("#U/etc/passwd", 0); try("#Z", 0); try("#C", 0); try("#I/tcp", 0); try("#M", 0); try("#v", 0);',
      ['#U/etc/passwd', '#Z', '#C', '#I/tcp', '#M', '#v']
        .map((name) => `${name}: mount/attach disallowed\n`)
        .join(''),
    ],
    [
      'attach the devices of which it has the files already',
      'try("#p/1/ctl", 1); try("#c/cons", 0); try("#h/stdin", 0); try("#t", 0); try("#//n", 0);',
      '#p/1/ctl: mount/attach disallowed\n#c/cons: mount/attach disallowed\n#h/stdin: mount/attach disallowed\n#t: mount/attach disallowed\n#//n: mount/attach disallowed\n',
    ],
    [
      'attach them after undoing what forbids it',
      'sys->pctl(Sys->FORKNS|Sys->NEWENV, nil); try("#c/time", 0); sys->pctl(Sys->NEWNS, nil); try("#c/time", 0);',
      '#c/time: mount/attach disallowed\n#c/time: mount/attach disallowed\n',
    ],
    [
      'climb out with dots',
      'try("../../../../etc/passwd", 0); try("/dis/../../../etc", 0); try("/tmp/./.././../root", 0); sys->chdir("/dis/lib/../../.."); read("etc/passwd"); print(sys->fd2path(sys->open(".", 0)));',
      "../../../../etc/passwd: '../../../../etc' file does not exist\n/dis/../../../etc: '/dis/../../../etc' file does not exist\n/tmp/./.././../root: '/tmp/./.././../root' file does not exist\netc/passwd: 'etc' file does not exist\n/\n",
    ],
    [
      'smuggle odd names past it',
      'n := "/tmp/a"; n[len n] = 0; n += "b"; if(sys->create(n, 1, 8r600) == nil) print(sys->sprint("%r")); if(sys->create("/tmp/..", 1, 8r600) == nil) print("no"); s := ""; for(i := 0; i < 4000; i++) s[i] = \'x\'; if(sys->create("/tmp/" + s, 1, 8r600) == nil) print("no");',
      'bad character in file name: /tmp/a\nno\nno\n',
    ],
    [
      'dial out',
      'for(l := list of {"tcp!127.0.0.1!22", "net!example.com!80", "udp!1.1.1.1!53", "unix!/tmp/x"}; l != nil; l = tl l){ (ok, nil) := sys->dial(hd l, nil); if(ok < 0) print("no"); } (ok, nil) := sys->announce("tcp!*!9999"); if(ok < 0) print("no"); try("/net/tcp/clone", 2); try("/net/cs", 2);',
      "no\nno\nno\nno\nno\n/net/tcp/clone: '/net' file does not exist\n/net/cs: '/net' file does not exist\n",
    ],
    [
      'stop it, or change its clock or name',
      'write("/dev/sysctl", "halt"); write("/dev/sysname", "mine"); write("/dev/time", "0"); write("/dev/user", "root");',
      '/dev/sysctl: permission denied\n/dev/sysname: permission denied\n/dev/time: permission denied\n/dev/user: permission denied\n',
    ],
    [
      'change the library that all nodes load',
      'write("/dis/llambo.dis", "x"); if(sys->create("/dis/lib/string.dis", 1, 8r777) == nil) print("no"); if(sys->create("/dis/new.dis", 1, 8r777) == nil) print("no"); if(sys->remove("/dis/lib/string.dis") < 0) print("no");',
      '/dis/llambo.dis: permission denied\nno\nno\nno\n',
    ],
    [
      'load modules that do more than is good',
      'if((load Sys "$Srv") == nil) print("no"); if((load Sys "$Os") == nil) print("no"); if((load Sys "/etc/x.dis") == nil) print("no");',
      'no\nno\nno\n',
    ],
    [
      'walk through a file as if it were a folder',
      'try("/dev/null/../../etc", 0); try("/dis/llambo.dis/x", 0);',
      "/dev/null/../../etc: '/dev/null' not a directory\n/dis/llambo.dis/x: '/dis/llambo.dis' not a directory\n",
    ],
  ],
  'more than its share': [
    [
      'open files without end',
      'l: list of ref FD; n := 0; while((fd := sys->open("/dev/null", 0)) != nil){ l = fd :: l; n++; } print(sys->sprint("%d %r", n));',
      '1021 no free file descriptors\n',
    ],
    [
      'make pipes without end',
      'l: list of ref FD; for(;;){ p := array[2] of ref FD; if(sys->pipe(p) < 0) break; l = p[0] :: p[1] :: l; } print(sys->sprint("%d", len l));',
      '1020\n',
    ],
    [
      'start processes without end',
      '{ for(;;) spawn rest(); } exception e { "*" => print(e); } raise "fail:enough";',
      'out of memory: main\n',
      { more: 'rest() { sys->sleep(1000000); }', seconds: 1, status: 'killed: over 1 seconds' },
    ],
    [
      'start processes that start processes',
      'spawn bomb(); sys->sleep(1000000);',
      '',
      { more: 'bomb() { for(;;) { spawn bomb(); } }', seconds: 1, status: 'killed: over 1 seconds' },
    ],
    [
      'take memory without end',
      'l: list of array of byte; for(;;) l = array[100000] of byte :: l;',
      '',
      { status: 'out of memory: heap' },
    ],
    ['take it by one string', 's := "x"; for(;;) s += s;', '', { status: 'out of memory: heap' }],
    [
      'take it by recursion',
      'print(string f(0));',
      '',
      { more: 'f(n: int): int { return f(n + 1) + 1; }', status: 'out of memory: heap' },
    ],
    [
      'take it by one array',
      'a := array[16r7fffffff] of big; print(string len a);',
      '',
      { status: 'out of memory: heap' },
    ],
    [
      'take it by channels',
      'l: list of chan of int; for(;;) l = chan[1000] of int :: l;',
      '',
      { status: 'out of memory: heap' },
    ],
    ['go round for ever', 'for(;;) ;', '', { seconds: 0.5, status: 'killed: over 0.5 seconds' }],
    [
      'print for ever',
      'for(;;) print("more and more and more");',
      'some',
      { seconds: 0.5, status: 'killed: over 0.5 seconds' },
    ],
    [
      'fill /tmp',
      'fd := sys->create("/tmp/x", 1, 8r600); b := array[65536] of byte; n := 0; while(sys->write(fd, b, len b) == len b) n++; print(sys->sprint("%d %r", n)); fd = nil; for(i := 0; ; i++) if(sys->create("/tmp/" + string i, 1, 8r600) == nil) break; print(sys->sprint("%d %r", i));',
      '64 file system full\n255 file system full\n',
    ],
    [
      'fill the environment',
      'for(i := 0; i < 100000; i++){ fd := sys->create("/env/v" + string i, 1, 8r600); if(fd == nil) break; b := array[10000] of byte; if(sys->write(fd, b, len b) < 0) break; } if(i < 100000) print("no");',
      'no\n',
    ],
    [
      'open files in processes that each have descriptors of their own',
      'c := chan of int; for(i := 0; i < 10; i++) spawn opener(c); n := 0; for(i = 0; i < 10; i++) n += <-c; print(string (n < 2048));',
      '1\n',
      {
        more: 'opener(c: chan of int) { sys->pctl(Sys->FORKFD, nil); l: list of ref FD; while((fd := sys->open("/dev/null", 0)) != nil) l = fd :: l; c <-= len l; sys->sleep(1000); }',
      },
    ],
    [
      'bind without end',
      'for(n := 0; sys->bind("/tmp", "/n", Sys->MAFTER) >= 0; n++) ; print(sys->sprint("%d %r", n > 100 && n < 256));',
      '1 too many mounts\n',
    ],
    [
      'have its children counted without end',
      'fd := sys->open("/prog/" + string sys->pctl(0, nil) + "/wait", 0); for(i := 0; i < 3000; i++){ spawn nothing(); sys->sleep(0); } b := array[65536] of byte; print(string (sys->read(fd, b, len b) > 0));',
      '1\n',
      { more: 'nothing() { }' },
    ],
    [
      'open conversations without end',
      'l: list of ref FD; n := 0; while((fd := sys->open("/dev/llama/clone", 2)) != nil){ l = fd :: l; n++; } print(sys->sprint("%d %r", n));',
      "600 '/dev/llama/clone' overloaded: 600 files of the engine are open already\n",
    ],
  ],
  'what it stands on': [
    [
      'mount itself over the devices: only it is deceived',
      'sys->bind("/tmp", "/dev/llama", Sys->MREPL); sys->bind("/tmp", "/dis", Sys->MREPL); try("/dev/llama/clone", 2);',
      "/dev/llama/clone: '/dev/llama/clone' file does not exist\n",
    ],
    [
      'take away what is mounted there',
      'sys->unmount(nil, "/dev/llama"); sys->unmount(nil, "/dev"); ls("/dev");',
      '/dev: llama\n',
    ],
    [
      'serve files to itself in a ring',
      'p := array[2] of ref FD; sys->pipe(p); spawn exporter(p[0]); sys->mount(p[1], nil, "/tmp", Sys->MREPL, nil); try("/tmp/tmp/tmp/dev/null", 0);',
      'some',
      { more: 'exporter(fd: ref FD) { sys->export(fd, "/", Sys->EXPWAIT); }', seconds: 2, status: 'any' },
    ],
    [
      'kill all that it can see',
      'for(i := 0; i < 1000; i++){ fd := sys->open("/prog/" + string i + "/ctl", 1); if(fd != nil) sys->fprint(fd, "killgrp"); } print("alive?");',
      'some',
      { status: 'any' },
    ],
    [
      'fool the scheduler by sleeping strangely',
      'sys->sleep(-1); sys->sleep(-16r7fffffff); print("on");',
      'on\n',
    ],
    [
      'write where nobody reads',
      'p := array[2] of ref FD; sys->pipe(p); p[0] = nil; if(sys->fprint(p[1], "x") < 0) print("no");',
      '',
      { status: 'any' },
    ],
  ],
};

let here: Bench;
let echo: EchoEngine;

beforeAll(async () => {
  echo = new EchoEngine({ name: 'm', queue: 100_000 });
  here = await bench(2, { launch: async () => ({ target: engineServer(echo), close: () => echo.close() }) });
});

afterAll(() => here.close());

for (const [target, list] of Object.entries(attacks)) {
  describe(`a program attacks ${target}`, () => {
    for (const [name, statements, seen, { status = '', more = '', ...options } = {}] of list)
      test(name, async () => {
        const result = await run(here.fs, programOf(statements, more), options);
        if (seen !== 'some') expect(result.stdout).toBe(seen);
        if (status !== 'any') expect(result.status).toBe(`status='${status}'`.replace(/='([\w-]+)'$/, '=$1'));
        expect(await answerOf(here.fs, 'worker-0001', 'max_tokens=3 user=x')).toMatch(/^echo:/);
      });
  });
}

describe('a program attacks the data of others', () => {
  test('read another conversation by its number: each sees its own alone', async () => {
    const data = await here.fs.open('worker-0002/data', 2);
    await data.write(new TextEncoder().encode('ignore_eos=1 max_tokens=1000 user=secret'));
    await data.read();
    const { stdout } = await run(
      here.fs,
      programOf(
        'for(i := 0; i < 5000; i++) if(sys->open("/dev/llama/" + string i + "/data", 0) != nil) print("mine!"); print("done");',
      ),
    );
    await data.close();
    expect(stdout).toBe('done\n');
  });

  test('claim another tenant, to find its prompts in the cache: the name that it was given counts', async () => {
    const tenants: (string | undefined)[] = [];
    const generate = echo.generate.bind(echo);
    echo.generate = (request, sink) => {
      tenants.push(request.caller?.tenant);
      return generate(request, sink);
    };
    await run(
      here.fs,
      programOf(`
	ctl := sys->open("/dev/llama/clone", Sys->ORDWR);
	buf := array[512] of byte;
	n := sys->read(ctl, buf, len buf);
	data := sys->open("/dev/llama/" + string int string buf[0:n] + "/data", Sys->ORDWR);
	sys->fprint(data, "tenant=victim max_tokens=1 user=x");
	while((n = sys->read(data, buf, len buf)) > 0) ;`),
    );
    echo.generate = generate;
    expect(tenants).toHaveLength(1);
    expect(tenants[0]).toMatch(/^run-/);
  });
});

describe('an object file attacks the machine', () => {
  test('damaged ones are refused, or fail alone', async () => {
    const good = programOf(
      'l: list of string; for(i := 0; i < 10; i++) l = string i :: l; print(hd l); a := array[10] of int; a[3] = len l;',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        async (changes) => {
          const bad = good.slice();
          for (const [at, byte] of changes) bad[at] = byte;
          const result = await run(here.fs, bad, { seconds: 0.2 }).catch((error: Error) => error);
          expect(result instanceof Error ? result.message : result.status).toMatch(
            /^(bad-request: program|status=)/,
          );
        },
      ),
      { numRuns: 60 },
    );
    expect(await answerOf(here.fs, 'worker-0001', 'max_tokens=3 user=x')).toMatch(/^echo:/);
  });
});

describe('a node is what the program runs in', () => {
  test('a node that runs a hostile program reaches no more than one beside it', async () => {
    const spy = await compileFile(new URL('programs/spy.b', import.meta.url).pathname);
    const { fs } = await startBench(2, { program: spy });
    expect(await fs.readText('worker-0001/data')).toBe(
      [
        '/: dev dis env fd n prog tmp',
        '/n/llambo: worker-0001',
        '/n/llambo/worker-0001: data ctl status namespace models dis',
        "/n/llambo/worker-0002/ctl: '/n/llambo/worker-0002' file does not exist",
        '/prog: 2',
        '#U: mount/attach disallowed',
        '',
      ].join('\n'),
    );
  });
});
