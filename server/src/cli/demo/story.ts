import type { Role, TicketPriority, TicketStatus } from '../../db/schema.ts';
import { csv, docx, pdf, png, text, zip } from './files.ts';

export interface Cast {
  name: string;
  email: string;
  role: Role;
}

export const PEOPLE = {
  ines: { name: 'Inês Carvalho', email: 'ines.carvalho@example.org', role: 'admin' },
  tomasz: { name: 'Tomasz Zieliński', email: 'tomasz.zielinski@example.org', role: 'agent' },
  priya: { name: 'Priya Raman', email: 'priya.raman@example.org', role: 'agent' },
  maja: { name: 'Maja Lindqvist', email: 'maja@lindqvist-interiors.example', role: 'customer' },
  samuel: { name: 'Samuel Okafor', email: 'samuel.okafor@harbour-clinic.example', role: 'customer' },
  yuki: { name: 'Yuki Tanaka', email: 'yuki.tanaka@harbour-clinic.example', role: 'customer' },
  beatriz: { name: 'Beatriz Romero', email: 'b.romero@romero-vega.example', role: 'customer' },
} satisfies Record<string, Cast>;
export type Who = keyof typeof PEOPLE;

export interface StoryFile {
  name: string;
  description?: string;
  content: Buffer;
}
export interface StoryReply {
  by: Who;
  body: string;
  internal?: true;
  files?: StoryFile[];
}
export interface StoryTicket {
  by: Who;
  subject: string;
  description: string;
  priority?: TicketPriority;
  inCopy?: Who[];
  assignee?: Who;
  /** How it stands in the end. */
  status: TicketStatus;
  files?: StoryFile[];
  replies: StoryReply[];
}

/** A grey panel with a lit band, as a camera sees it. */
const photo = (band: [number, number, number]) =>
  png((x, y) => {
    const light = 120 + ((x * 7 + y * 13) % 24) - Math.round(y / 4);
    return y > 80 && y < 120 && x > 40 && x < 280 ? band : [light, light, light + 6];
  });

const invoice = (number: string, vat: string, total: string) =>
  pdf([
    `Invoice ${number}`,
    'Lindqvist Interiors AB',
    '',
    'Annual support, 12 months          1 200.00',
    vat,
    `Total                              ${total}`,
  ]);

export const TICKETS: StoryTicket[] = [
  {
    by: 'maja',
    subject: 'Invoice 2026-1187 shows the wrong VAT',
    description:
      'We are VAT-registered in Sweden, so the **reverse charge** applies. The invoice adds 23 % all the same. Could you send a corrected one before the end of the month?',
    assignee: 'priya',
    status: 'pending',
    files: [
      {
        name: 'invoice-2026-1187.pdf',
        description: 'As we received it',
        content: invoice('2026-1187', 'VAT 23 %                             276.00', '1 476.00'),
      },
    ],
    replies: [
      {
        by: 'priya',
        body: 'You are right, and I am sorry. Here is the corrected invoice; please book this one instead.',
        files: [
          {
            name: 'invoice-2026-1187-corrected.pdf',
            content: invoice(
              '2026-1187 (corrected)',
              'VAT reverse charge                     0.00',
              '1 200.00',
            ),
          },
        ],
      },
    ],
  },
  {
    by: 'samuel',
    subject: 'Ward tablet shows a red band across the screen',
    description: 'It began this morning after the update. Restarting does not help. Photo attached.',
    priority: 'urgent',
    inCopy: ['yuki'],
    assignee: 'tomasz',
    status: 'open',
    files: [{ name: 'tablet ward 3.png', description: 'Taken at 07:40', content: photo([200, 30, 40]) }],
    replies: [
      {
        by: 'tomasz',
        internal: true,
        body: 'Same batch as the two from October. Asking the supplier for a swap.',
      },
      {
        by: 'tomasz',
        body: 'A replacement leaves today. Please keep the old one switched off until it arrives.',
      },
      { by: 'yuki', body: 'It has not come yet. Is there a tracking number?' },
    ],
  },
  {
    by: 'beatriz',
    subject: 'Accents are broken in the client export',
    description:
      'Names such as *Muñoz* arrive as `MuÃ±oz` in the spreadsheet. A few lines of it are attached.',
    status: 'open',
    files: [
      {
        name: 'clients-export.csv',
        content: csv([
          ['id', 'name', 'city'],
          ['1041', 'MuÃ±oz, Elena', 'MÃ¡laga'],
          ['1042', 'GarcÃ­a, IvÃ¡n', 'LeÃ³n'],
        ]),
      },
    ],
    replies: [],
  },
  {
    by: 'yuki',
    subject: 'New colleague on 1 December: laptop and accounts',
    description: 'Dr. Adeyemi starts on 1 December. The checklist is filled in and attached.',
    inCopy: ['samuel'],
    assignee: 'priya',
    status: 'pending',
    files: [
      {
        name: 'onboarding-checklist.docx',
        content: docx([
          'Onboarding: Dr. F. Adeyemi',
          'Laptop, 14 inch',
          'Mail and calendar',
          'Ward 3, read and write',
        ]),
      },
    ],
    replies: [{ by: 'priya', body: 'Ordered. Which keyboard layout should the laptop have?' }],
  },
  {
    by: 'samuel',
    subject: 'The nightly synchronisation stops at 02:10',
    description: 'Three nights in a row. The logs of all three are in the archive.',
    priority: 'high',
    assignee: 'tomasz',
    status: 'open',
    files: [
      {
        name: 'sync-logs.zip',
        content: zip({
          '2026-11-18.log': '02:09:58 patient index 41200/58011\n02:10:03 connection reset by peer\n',
          '2026-11-19.log': '02:09:57 patient index 41150/58011\n02:10:02 connection reset by peer\n',
          '2026-11-20.log': '02:09:59 patient index 41390/58020\n02:10:04 connection reset by peer\n',
        }),
      },
    ],
    replies: [
      {
        by: 'tomasz',
        internal: true,
        body: 'Ten minutes to the second: that is the idle timeout of their firewall, not ours. Notes attached.',
        files: [
          {
            name: 'findings.txt',
            content: text(
              'start 02:00:00',
              'reset 02:10:03, 02:10:02, 02:10:04',
              'firewall idle timeout: 600 s',
            ),
          },
        ],
      },
      {
        by: 'tomasz',
        body: 'Could you ask who runs your firewall whether connections end after ten quiet minutes?',
      },
    ],
  },
  {
    by: 'maja',
    subject: 'Printer error 50.4 since we moved offices',
    description: 'The display says 50.4 and nothing prints.',
    priority: 'low',
    assignee: 'priya',
    status: 'closed',
    files: [{ name: 'printer-display.png', content: photo([230, 170, 40]) }],
    replies: [
      {
        by: 'priya',
        body: '50.4 is the power supply: please plug it into the wall and not into a power strip.',
      },
      { by: 'maja', body: 'That was it. Thank you!' },
    ],
  },
  {
    by: 'beatriz',
    subject: 'Signed licence agreement for next year',
    description: 'Signed by both of us. Please confirm that you have it.',
    assignee: 'ines',
    status: 'solved',
    files: [
      {
        name: 'licence-agreement-2027-signed.pdf',
        content: pdf(['Licence agreement 2027', 'Romero & Vega', '', 'Signed: B. Romero, L. Vega']),
      },
    ],
    replies: [{ by: 'ines', body: 'Received and countersigned. Thank you, and see you next year.' }],
  },
  {
    by: 'yuki',
    subject: 'How do I add somebody in copy?',
    description: 'I would like my deputy to see my tickets while I am away.',
    status: 'open',
    replies: [],
  },
];
