import type { EverybodysMessages, Messages } from './catalogue.ts';

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

const ADMINS: Record<Locale, () => Promise<Messages['admin']>> = {
  en: async () => (await import('./en/admin.json')).default,
  de: async () => (await import('./de/admin.json')).default,
};

/** The texts of the admin's screens, which few people ever open. */
export function loadAdminMessages(locale: Locale): Promise<Messages['admin']> {
  return ADMINS[locale]();
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
