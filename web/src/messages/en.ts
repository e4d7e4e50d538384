import type { EverybodysMessages } from './catalogue.ts';
import auth from './en/auth.json';
import common from './en/common.json';
import files from './en/files.json';
import refusals from './en/refusals.json';
import tickets from './en/tickets.json';
import verdicts from './en/verdicts.json';

export default { auth, common, files, refusals, tickets, verdicts } satisfies EverybodysMessages;
