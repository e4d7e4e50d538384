import { createHash } from 'node:crypto';

/** Text made safe to stand in HTML, in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface Field {
  name: string;
  label: string;
  type: 'text' | 'email' | 'password';
  autocomplete: string;
  hint?: string;
}

export interface FormPage {
  title: string;
  intro: string;
  fields: readonly Field[];
  button: string;
}

/** A page with one form that posts back to where it came from. Passwords typed before are not shown again. */
export function formPage(
  { title, intro, fields, button }: FormPage,
  { token, typed, problem }: { token: string; typed: Record<string, string>; problem?: string },
): string {
  const complaint = problem ? `<p class="problem" role="alert">${escapeHtml(problem)}</p>` : '';
  return page(
    problem ? `Error: ${title}` : title,
    `<h1>${title}</h1>
    <p>${intro}</p>
    ${complaint}
    <form method="post">
      <input type="hidden" name="token" value="${escapeHtml(token)}">
      ${fields.map((field) => fieldHtml(field, typed[field.name] ?? '')).join('\n      ')}
      <button type="submit">${button}</button>
    </form>`,
  );
}

/** A page that only says something. */
export function messagePage(title: string, message: string): string {
  return page(title, `<h1>${title}</h1>\n    <p>${escapeHtml(message)}</p>`);
}

function fieldHtml({ name, label, type, autocomplete, hint }: Field, typed: string): string {
  const value = type === 'password' ? '' : ` value="${escapeHtml(typed)}"`;
  const described = hint ? ` aria-describedby="${name}-hint"` : '';
  const hintHtml = hint ? `<p class="hint" id="${name}-hint">${hint}</p>` : '';
  return `<label for="${name}">${label}</label>
      <input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" required${value}${described}>
      ${hintHtml}`;
}

/** What all our pages look like: colours for light and dark, and text. */
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

const FORM_STYLE = `${GROUND_STYLE}
main { max-width: 26rem; margin: 0 auto; padding: 1.5rem; background: var(--card); border-radius: 0.75rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { width: 100%; margin-top: 0.25rem; padding: 0.6rem 0.75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 0.5rem; }
button { width: 100%; margin-top: 1.5rem; padding: 0.7rem; font: inherit; font-weight: 600; color: var(--on-act); background: var(--act); border: 0; border-radius: 0.5rem; cursor: pointer; }
.hint { margin: 0.25rem 0 0; font-size: 0.875rem; color: var(--soft); }
.problem { padding: 0.6rem 0.75rem; color: var(--wrong); border: 1px solid currentcolor; border-radius: 0.5rem; }
`;

/** No script, no style but this one, nothing from elsewhere, in nobody's frame. */
export function policyFor(style: string): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export const PAGE_POLICY = policyFor(FORM_STYLE);

export function page(title: string, main: string, style = FORM_STYLE): string {
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
