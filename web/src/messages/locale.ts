import type { EverybodysMessages, LaterMessages } from './catalogue.ts';

export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];

/** Each by itself, so that nobody loads the language of others. */
const CATALOGUES: Record<Locale, () => Promise<EverybodysMessages>> = {
  en: async () => (await import('./en.ts')).default,
  de: async () => (await import('./de.ts')).default,
};

export function loadMessages(locale: Locale): Promise<EverybodysMessages> {
  return CATALOGUES[locale]();
}

type Loads = { [Part in keyof LaterMessages]: () => Promise<{ default: LaterMessages[Part] }> };

const LATER: Record<Locale, Loads> = {
  en: {
    account: () => import('./en/account.json'),
    admin: () => import('./en/admin.json'),
    holds: () => import('./en/holds.json'),
  },
  de: {
    account: () => import('./de/account.json'),
    admin: () => import('./de/admin.json'),
    holds: () => import('./de/holds.json'),
  },
};

/** The texts of what is opened now and then, which come along with it. */
export async function loadLater<Part extends keyof LaterMessages>(
  part: Part,
  locale = currentLocale(),
): Promise<LaterMessages[Part]> {
  const { default: messages } = await LATER[locale][part]();
  return messages;
}

const KEPT = 'docket.locale';

/** The language chosen on this browser, else the first of the browser's that there is, else English. */
export function currentLocale(): Locale {
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages];
  const known = wanted.map((tag) => LOCALES.find((locale) => tag?.toLowerCase().split('-')[0] === locale));
  return known.find((locale) => locale !== undefined) ?? 'en';
}

/** From the next load of the page on. */
export function keepLocale(locale: Locale): void {
  localStorage.setItem(KEPT, locale);
}

/** The language with its region, as the browser has it, for dates and numbers: "en-GB" for a Briton. */
export function regionalLocale(locale: Locale): string {
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(locale)) ?? locale;
}
