import { createTranslator } from 'use-intl/core';
import { expect, it } from 'vitest';
import { LOCALES, loadMessages } from '../../src/messages/locale.ts';

/** Every text with its path: "tickets.title". */
function texts(messages: object, path = ''): [path: string, text: string][] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : texts(value, `${path}${key}.`),
  );
}

/** The names in braces: "{limit}", "{count, plural, …}"; not the words of a choice: "=0 {none}". */
const argumentsOf = (text: string) =>
  [...new Set([...text.matchAll(/(?<!(?:=\d+|one|other) )\{(\w+)[,}]/g)].map(([, name]) => name))].sort();

it.each(LOCALES)(
  '%s has every text of the English catalogue, with the same arguments, and no more',
  async (locale) => {
    const english = texts(await loadMessages('en'));
    const theirs = texts(await loadMessages(locale));
    const shape = (all: [string, string][]) =>
      all.map(([path, text]) => `${path} ${argumentsOf(text)}`).sort();
    expect(shape(theirs)).toEqual(shape(english));
    expect(theirs.filter(([, text]) => text.trim() === '')).toEqual([]);
  },
);

it.each(LOCALES)('%s has no text that cannot be formatted', async (locale) => {
  const messages = await loadMessages(locale);
  const failed: string[] = [];
  const t = createTranslator({ locale, messages, onError: ({ message }) => failed.push(message) });
  const anything = new Proxy({}, { get: () => 1, has: () => true, ownKeys: () => [] });
  for (const [path, text] of texts(messages)) {
    const values = Object.fromEntries(argumentsOf(text).map((name) => [name, 1]));
    const say = t as unknown as (key: string, values: object) => string;
    say(path, { ...anything, ...values });
  }
  expect(failed).toEqual([]);
});
