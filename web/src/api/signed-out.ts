import type { ApiProblem } from './problem.ts';

let listener: () => void = () => {};

/** What to do whenever an answer of the API says that nobody is signed in. */
export function whenSignedOut(act: () => void): void {
  listener = act;
}

export function tellIfSignedOut({ code }: ApiProblem): void {
  if (code === 'not_signed_in') listener();
}
