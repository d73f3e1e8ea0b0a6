import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSettings, SETTINGS, Settings, withSetting } from '../../src/limbot/settings.ts';

const read = (text: string): Settings => readSettings(text, 'limbot.conf');

describe('limbot.conf', () => {
  test('is name=value lines', () => {
    const settings = read(`# mine\n\ntemperature = 0.7\nsystem='it''s you'\nstats=off\nseed=-1`);
    expect(settings.number('temperature')).toBe(0.7);
    expect(settings.text('system')).toBe("it's you");
    expect(settings.flag('stats')).toBe(false);
    expect(settings.sent()).toEqual({ temperature: 0.7, top_p: 0.95, min_p: 0.05, seed: -1 });
  });

  test.each([
    ['temperature=hot', 'limbot.conf:1: temperature: expected a number from 0 to 2, got hot'],
    ['\ntemperature=3', 'limbot.conf:2: temperature: expected a number from 0 to 2, got 3'],
    ['max_tokens=1.5', 'limbot.conf:1: max_tokens: expected an integer from 1, got 1.5'],
    ['stats=maybe', 'limbot.conf:1: stats: expected on or off, got maybe'],
    ['overflow=shift', 'limbot.conf:1: overflow: expected drop or summarise, got shift'],
    ['colour=red', 'limbot.conf:1: there is no setting colour; settings: model, class,'],
    ['system=two words', 'limbot.conf:1: expected name=value, got words'],
    ["system='open", 'limbot.conf:1: system: quote is not closed'],
    ['hello', 'limbot.conf:1: expected name=value, got hello'],
  ])('%j: %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test('a changed setting keeps comments and places', () => {
    const file = '# mine\nseed=1\n# theirs\nstats=off\n';
    expect(withSetting(file, 'seed', 2)).toBe('# mine\nseed=2\n# theirs\nstats=off\n');
    expect(withSetting(file, 'stats', undefined)).toBe('# mine\nseed=1\n# theirs\n');
    expect(withSetting('', 'system', 'a b\nc')).toBe("system='a b\\nc'\n");
  });

  test('any system prompt is read back', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        fc.pre(!/[\r]/.test(text));
        expect(read(withSetting('', 'system', text)).text('system')).toBe(text);
      }),
    );
  });

  test('each has a default that it would take itself', () => {
    for (const { name, default: value } of SETTINGS) {
      if (value === undefined) continue;
      const settings = new Settings();
      settings.set(name, value === true ? 'on' : value === false ? 'off' : String(value));
      expect(settings.get(name)).toBe(value);
    }
  });
});
