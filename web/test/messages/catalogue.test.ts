import { createTranslator } from 'use-intl/core';
import { expect, it } from 'vitest';
import { LOCALES, type Locale, loadLater, loadMessages } from '../../src/messages/locale.ts';

/** As they are written, before the build compiles them. */
const SOURCES = import.meta.glob<string>('../../src/messages/*/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Every text of a language with its path: "tickets.title". */
function textsOf(locale: Locale): [path: string, text: string][] {
  return Object.entries(SOURCES).flatMap(([file, json]) => {
    const [, language, feature] = /(\w+)\/(\w+)\.json$/.exec(file) ?? [];
    return language === locale ? texts(JSON.parse(json), `${feature}.`) : [];
  });
}

function texts(messages: object, path: string): [path: string, text: string][] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : texts(value, `${path}${key}.`),
  );
}

/** The names in braces: "{limit}", "{count, plural, …}"; not the words of a choice: "=0 {none}". */
const argumentsOf = (text: string) =>
  [...new Set([...text.matchAll(/(?<!(?:=\d+|one|other) )\{(\w+)[,}]/g)].map(([, name]) => name))].sort();

it.each(LOCALES)(
  '%s has every text of the English catalogue, with the same arguments, and no more',
  (locale) => {
    const shape = (all: [string, string][]) =>
      all.map(([path, text]) => `${path} ${argumentsOf(text)}`).sort();
    expect(shape(textsOf(locale))).toEqual(shape(textsOf('en')));
    expect(textsOf(locale).length).toBeGreaterThan(100);
    expect(textsOf(locale).filter(([, text]) => text.trim() === '')).toEqual([]);
  },
);

it.each(LOCALES)('%s has no text that cannot be formatted', async (locale) => {
  const [everybodys, account, admin, holds] = await Promise.all([
    loadMessages(locale),
    loadLater('account', locale),
    loadLater('admin', locale),
    loadLater('holds', locale),
  ]);
  const messages = { ...everybodys, account, admin, holds };
  const failed: string[] = [];
  const t = createTranslator({ locale, messages, onError: ({ message }) => failed.push(message) });
  const say = t as unknown as (key: string, values: object) => string;
  for (const [path, text] of textsOf(locale)) {
    const said = say(path, Object.fromEntries(argumentsOf(text).map((name) => [name, 1])));
    if (/undefined|[{}]/.test(said)) failed.push(`${path}: ${said}`);
  }
  expect(failed).toEqual([]);
});
