import type { EverybodysMessages } from './catalogue.ts';
import auth from './de/auth.json';
import common from './de/common.json';
import files from './de/files.json';
import refusals from './de/refusals.json';
import tickets from './de/tickets.json';
import verdicts from './de/verdicts.json';

export default { auth, common, files, refusals, tickets, verdicts } satisfies EverybodysMessages;
