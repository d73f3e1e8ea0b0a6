import { expect, test } from 'vitest';
import { output } from './support.ts';

test.each([
  // words
  ['echo hello world', 'hello world\n'],
  ["echo 'it''s' a'b'c", "it's abc\n"],
  ['echo a   b # comment', 'a b\n'],
  ['echo a#b', 'a#b\n'],
  ['echo a \\\nb', 'a b\n'],
  ['echo back\\slash', 'back\\slash\n'],
  ["echo ''", '\n'],
  // variables
  ['x=hello; echo $x', 'hello\n'],
  ['x=(a b c); echo $x $#x $x(2) $x(2-) $x(1 3)', 'a b c 3 b b c a c\n'],
  ['x=(a b); echo $"x | wc -w', '2\n'],
  ['x=(); echo $#x; x=; echo $#x', '0\n0\n'],
  ["x=''; echo $#x", '1\n'],
  ["x=(a ''); echo $#x", '2\n'],
  ['x=y; y=z; echo $$x', 'z\n'],
  ['x=1 y=2 echo $x $y; echo $#x', '1 2\n0\n'.replace('1 2', '')],
  ['fn f {echo $x}; x=1 f; echo $#x', '1\n0\n'],
  ['x=1 {echo $x; echo $x}', '1\n1\n'],
  ['echo $nothing end', 'end\n'],
  ['model=a=b; echo $model', 'a=b\n'],
  ['x=(a b); cat /env/x | wc -c', '3\n'],
  ['echo -n hi > /env/y; echo $y', 'hi\n'],
  // concatenation
  ['x=(a b); echo $x^.c', 'a.c b.c\n'],
  ['x=(a b); y=(1 2); echo $x^$y', 'a1 b2\n'],
  ['x=(a b); echo pre-$x.post', 'pre-a.post pre-b.post\n'],
  [
    'echo (a b)^(1 2 3)',
    "echo: can't concatenate 2 words with 3\n[can't concatenate 2 words with 3]\n".replace('echo: ', ''),
  ],
  ['echo a^$x', "can't concatenate an empty list\n[can't concatenate an empty list]\n"],
  // backquotes
  ['echo `{echo a; echo b}', 'a b\n'],
  ["x=`{echo 'a  b c'}; echo $#x", '3\n'],
  ["x=`':'{echo -n a:b:c}; echo $#x", '3\n'],
  ["x=`''{echo 'two words'}; echo -n $x", 'two words\n'],
  // status
  ['false; echo $status', 'false\n'],
  ['true && echo yes || echo no', 'yes\n'],
  ['false && echo yes || echo no', 'no\n'],
  ['! false && echo yes', 'yes\n'],
  ['! true', '[false]\n'],
  ['false | true; echo $status', 'false|\n'],
  ['nopenope', 'nopenope: no such command; help lists them\n[no such command; help lists them]\n'],
  ['cat /nope', "cat: '/nope' file does not exist\n['/nope' file does not exist]\n"],
  ['exit 3; echo never', '[3]\n'],
  // pipes
  ['echo hello | tr a-z A-Z', 'HELLO\n'],
  ['seq 10 | tail -n 2 | cat', '9\n10\n'],
  ['seq 100000 | head -n 2', '1\n2\n[write on closed pipe|]\n'],
  ['nopenope |[2] wc -l', '1\n[no such command; help lists them|]\n'],
  ['echo b | {read x; echo got $x}; echo $x', 'got b\nb\n'],
  // redirection
  ['echo a > /tmp/f; echo b >> /tmp/f; cat < /tmp/f', 'a\nb\n'],
  ['{echo a; echo b} > /tmp/f; cat /tmp/f', 'a\nb\n'],
  ['nopenope >[2] /tmp/e; wc -l /tmp/e', '1 /tmp/e\n'],
  ['nopenope >[2=1] | wc -l', '1\n[no such command; help lists them|]\n'],
  ['echo hidden >[1=]; echo shown', 'echo: fd out of range or not open\nshown\n'],
  ['cat /nope >[2=]', "['/nope' file does not exist]\n"],
  ['for(i in a b) echo $i > /tmp/$i; cat /tmp/a /tmp/b', 'a\nb\n'],
  ['x=world; cat <<END\nhello $x $$5 $x^s\nEND\necho after', 'hello world $5 worlds\nafter\n'],
  ["cat <<'END'\n$x\nEND", '$x\n'],
  ['cat <<A <<[3]B\nfirst\nA\nsecond\nB', 'first\n'],
  ['> /tmp/empty; wc -c /tmp/empty', '0 /tmp/empty\n'],
  ['diff <{seq 3} <{seq 4}', '3a4\n> 4\n[differ]\n'],
  ['cat <{echo one} <{echo two}', 'one\ntwo\n'],
  // control
  ['if(true) echo yes', 'yes\n'],
  ['if(false) echo yes\nif not echo no', 'no\n'],
  ['if(true) echo yes; if not echo no', 'yes\n'],
  ['if not echo x', 'if not does not follow an if\n[if not does not follow an if]\n'],
  ['if(true; false) echo x', ''],
  ['if(~ a b c) echo x', ''],
  ['for(i in 1 2 3) echo $i', '1\n2\n3\n'],
  ['for(i in `{seq 3}) {if(~ $i 2) continue; echo $i}', '1\n3\n'],
  ['for(i in `{seq 9}) {echo $i; if(~ $i 2) break}', '1\n2\n'],
  ['i=(); while(! ~ $#i 3) i=($i x); echo $i', 'x x x\n'],
  ['switch(hello){case h*; echo h\ncase *; echo other\n}', 'h\n'],
  ['switch(x){\ncase a b\n\techo ab\ncase *\n\techo other\n}', 'other\n'],
  ['x=(); switch($x){case a; echo a\ncase *; echo star}', ''],
  ['~ abc a*c && ~ abc a?c && ~ b [a-c] && ! ~ d [a-c] && ~ d [~a-c] && echo ok', 'ok\n'],
  ["~ 'a*' 'a*' && ! ~ ab 'a*' && echo ok", 'ok\n'],
  // functions
  ['fn f {echo $#* $1 $*}; f a b', '2 a a b\n'],
  ['fn f {return bad; echo never}; f; echo $status', 'bad\n'],
  ['fn f {echo builtin; builtin echo $*}; fn echo {builtin echo fn $*}; f x', 'fn builtin\nx\n'],
  ['fn f {f}; f', 'f: functions call each other too deep\n[functions call each other too deep]\n'],
  ['fn f {echo x}; fn f; f', 'f: no such command; help lists them\n[no such command; help lists them]\n'],
  ['fn f {echo a; echo b}; whatis f', 'fn f {echo a; echo b}\n'],
  ["x=(a 'b c'); whatis x cat", "x=(a 'b c')\nbuiltin cat\n"],
  ['fn f { shift; echo $* }; f a b c', 'b c\n'],
  // subshells and jobs
  ['x=1; @{x=2; cd /tmp}; echo $x; pwd', '1\n/\n'],
  ['{sleep 0.01; echo later} &; echo first; wait; echo done', 'first\nlater\ndone\n'],
  ['false & wait $apid; echo $status', 'false\n'],
  ['sleep 100 & kill $apid; wait $apid; echo $status', 'interrupted\n'],
  ["eval 'echo a;' echo b", 'a\nb\n'],
  // files and patterns
  ['cd /tmp; touch a1 a2 b1; echo a*; echo *1; echo [ab]1; echo z*', 'a1 a2\na1 b1\na1 b1\nz*\n'],
  ["cd /tmp; touch a1; echo 'a'* a'*'", 'a1 a*\n'],
  ['cd /tmp; mkdir d e; touch d/x e/x; echo */x; ls', 'd/x e/x\nd\ne\n'],
  ['cd /tmp; touch .hidden shown; echo *; echo .h*', 'shown\n.hidden\n'],
  ['cd /tmp; echo a > x; cp x y; mv y z; cat z; rm x z; ls', 'a\n'],
  ['mkdir /tmp/a /tmp/a/b; touch /tmp/a/b/c; rm -r /tmp/a; test -e /tmp/a', '[false]\n'],
  ['test 2 -lt 10 && test a != b && test -d /tmp && ! test -f /tmp && echo ok', 'ok\n'],
  ["echo 'b\na\nb' | sort -u", 'a\nb\n'],
  ["echo '10\n9' | sort -n", '9\n10\n'],
  ["echo 'a\na\nb' | uniq -c", '   2 a\n   1 b\n'],
  ["echo 'one two\nthree' | grep -n t.r", '2:three\n'],
  ['grep x /dev/null', '[no matches]\n'],
  ['echo a b | tee /tmp/f; cat /tmp/f', 'a b\na b\n'],
  ['cat /tmp', 'cat: /tmp is a directory; ls lists it\n[/tmp is a directory; ls lists it]\n'],
  ['echo /dev/n*', '/dev/notquiterandom /dev/null\n'],
  // name space
  ['bind -c /tmp /mnt; echo x > /mnt/f; cat /tmp/f', 'x\n'],
  [
    'mount tcp!x',
    'mount: usage: mount [-abc] address old [aname]\n[usage: mount [-abc] address old [aname]]\n',
  ],
  ['ns | grep /n/dish', 'mount dish /n/dish\n'],
  ['cat /dev/user', 'glenda'],
  ['sleep 100 & cat /prog/2/status | grep -c sleep; kill 2', '1\n'],
  ['sleep 100 & echo kill > /prog/2/ctl; wait 2; echo $status', 'interrupted\n'],
  // syntax
  ["echo 'open", 'dish: quote is not closed\n[quote is not closed]\n'],
  ['echo a\n}', 'dish: line 2: expected a command, found }\n[line 2: expected a command, found }]\n'],
  ['if(true echo', 'dish: missing )\n[missing )]\n'],
  ['echo | | cat', 'dish: expected a command, found |\n[expected a command, found |]\n'],
  ['echo a &&', 'dish: expected a command, found the end\n[expected a command, found the end]\n'],
])('%s', async (source, expected) => {
  expect(await output(source)).toBe(expected);
});

test('standard input is read where the command is', async () => {
  expect(await output('read x; read y; echo $y $x; cat', {}, 'one\ntwo\nrest\n')).toBe('two one\nrest\n');
});

test('a loop that never waits can be interrupted', async () => {
  const { open } = await import('./support.ts');
  const { session } = await open();
  const running = session.run('while(true) x=1');
  setTimeout(() => session.interrupt(), 50);
  await running;
  expect(session.shell.status).toBe('interrupted');
  await session.close();
});

test('time says how long', async () => {
  expect(await output('time sleep 0.01')).toMatch(/^0\.\d{3}s\n$/);
});
