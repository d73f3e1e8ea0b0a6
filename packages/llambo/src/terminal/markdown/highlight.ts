/** Code in a few colours, by rules that suit most languages: comments, strings, numbers, common keywords. */
import type { Painter } from '../style.ts';

const HASH =
  /^(?:py|python|sh|bash|zsh|fish|shell|rc|dish|rb|ruby|perl|r|yaml|yml|toml|make|makefile|limbo|b|dockerfile|conf|ini|elixir|nim|julia)$/i;
const DASHES = /^(?:sql|lua|haskell|hs|ada|elm)$/i;
const PLAIN = /^(?:|text|txt|plain|output|console|markdown|md|csv|log)$/i;

const KEYWORDS = new Set(
  (
    'abstract adt alt and as assert async await begin bool break byte case catch chan char class con const continue def default ' +
    'defer del delete do double echo elif else elsif end enum esac except export extends extern false fi final finally float fn ' +
    'for foreach from func function go goto if impl implement implements import in include int interface is lambda let list ' +
    'local long loop match mod module move mut namespace new nil none not null of or package pass pick pub private protected ' +
    'public raise ref return select self short signed sizeof spawn static string struct super switch then this throw trait true ' +
    'try type typedef typeof union unless unsafe unsigned until use using var virtual void volatile when where while with yield'
  ).split(' '),
);

const comment = (language: string): string =>
  HASH.test(language) ? '#.*' : DASHES.test(language) ? '--.*' : '//.*|/\\*.*?(?:\\*/|$)';

/** One line of code. What spans several lines is seen line by line. */
export function highlighter(language: string, paint: Painter): (line: string) => string {
  if (PLAIN.test(language)) return (line) => line;
  const token = new RegExp(
    `(?<comment>${comment(language)})|(?<string>"(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'|\`[^\`]*\`)|` +
      '(?<number>\\b(?:0x[0-9a-fA-F]+|\\d+(?:\\.\\d+)?)\\b)|(?<word>[A-Za-z_]\\w*)',
    'g',
  );
  return (line) =>
    line.replace(token, (text, ...rest) => {
      const groups = rest.at(-1) as Record<string, string | undefined>;
      if (groups['comment'] !== undefined) return paint(text, 'dim');
      if (groups['string'] !== undefined) return paint(text, 'green');
      if (groups['number'] !== undefined) return paint(text, 'yellow');
      const word = HASH.test(language) || DASHES.test(language) ? text.toLowerCase() : text;
      return KEYWORDS.has(word) ? paint(text, 'magenta') : text;
    });
}
