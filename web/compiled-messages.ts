import compile from 'icu-minify/compile';
import type { Plugin } from 'vite';

const CATALOGUE = /\/src\/messages\/[a-z]+\/[a-z]+\.json$/;

type Texts = { [key: string]: string | Texts };

/**
 * Compiles the texts of the catalogue from ICU to what use-intl's format-only formats, so that no browser loads the
 * parser. A text that is not ICU fails the build.
 */
export function compiledMessages(): Plugin {
  return {
    name: 'compiled-messages',
    enforce: 'pre',
    config: () => ({
      resolve: { alias: { 'use-intl/format-message': 'use-intl/format-message/format-only' } },
    }),
    transform: {
      filter: { id: CATALOGUE },
      handler: (json) => ({ code: JSON.stringify(compiled(JSON.parse(json) as Texts)), map: null }),
    },
  };
}

function compiled(texts: Texts): object {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [
      key,
      typeof text === 'string' ? compile(text) : compiled(text),
    ]),
  );
}
