import { createHash } from 'node:crypto';

/** Text made safe to stand in HTML, in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Colours for light and dark, and text. */
export const GROUND_STYLE = `
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --ink: #1c2330; --soft: #566072; --line: #7b8494; --act: #1d4ed8; --on-act: #fff; --wrong: #a11622; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #11151c; --card: #1a2029; --ink: #e8ebf0; --soft: #a7b0bf; --line: #76808f; --act: #8fb4ff; --on-act: #0b1526; --wrong: #ff9aa2; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
`;

/** No script, no style but this one, nothing from elsewhere, in nobody's frame. */
export function policyFor(style: string): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function page(title: string, main: string, style: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · Docket</title>
    <style>${style}</style>
  </head>
  <body>
    <main>
    ${main}
    </main>
  </body>
</html>
`;
}
