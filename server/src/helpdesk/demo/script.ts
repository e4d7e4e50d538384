import type { Role, TicketPriority, TicketStatus } from '../../db/schema.ts';
import type { DemoFile } from './attach.ts';
import { diagnosticsZip, invoice, letter, ordersCsv, serverLog } from './files.ts';
import { chartScreenshot, displayPhoto, errorScreenshot, parcelPhoto } from './pictures.ts';

export const CAST = {
  mara: { name: 'Mara Lindqvist', email: 'mara@example.com', role: 'customer' },
  jonas: { name: 'Jonas Weber', email: 'jonas@example.com', role: 'customer' },
  priya: { name: 'Priya Nair', email: 'priya@example.com', role: 'agent' },
  tomas: { name: 'Tomás Ortega', email: 'tomas@example.com', role: 'agent' },
  helen: { name: 'Helen Okafor', email: 'helen@example.com', role: 'admin' },
} as const satisfies Record<string, { name: string; email: string; role: Role }>;
export type Who = keyof typeof CAST;

/** A ticket from its opening to where it stands now. */
export interface Story {
  /** How long ago it began. */
  hoursAgo: number;
  by: Who;
  subject: string;
  description: string;
  priority?: TicketPriority;
  inCopy?: Who[];
  files?: DemoFile[];
  replies: {
    by: Who;
    /** Since the ticket was opened. */
    afterHours: number;
    body: string;
    internal?: boolean;
    files?: DemoFile[];
  }[];
  assignee?: Who;
  status: TicketStatus;
}

/** Oldest first, so that the numbers count up with time. */
export const STORIES: Story[] = [
  {
    hoursAgo: 410,
    by: 'mara',
    subject: 'Which browsers do you support?',
    description: 'Our IT would like to know before the update.',
    replies: [
      {
        by: 'priya',
        afterHours: 1,
        body: 'The last two versions of Firefox, Chrome, Edge and Safari.',
      },
    ],
    assignee: 'priya',
    status: 'closed',
  },
  {
    hoursAgo: 265,
    by: 'mara',
    subject: 'Two-factor sign-in for the whole team',
    description: 'Can an administrator make it compulsory for everybody?',
    inCopy: ['jonas'],
    replies: [
      {
        by: 'tomas',
        afterHours: 6,
        body: 'Yes, under **Settings → Security**. People are asked at their next sign-in.',
      },
      { by: 'mara', afterHours: 30, body: 'Works, thanks. You can close this.' },
    ],
    assignee: 'tomas',
    status: 'solved',
  },
  {
    hoursAgo: 190,
    by: 'jonas',
    subject: 'How do I add a colleague?',
    description: 'We are two now. Where do I invite her?',
    priority: 'low',
    replies: [
      {
        by: 'tomas',
        afterHours: 2,
        body: 'Under **Settings → People → Invite**. She gets a link that is good for a day.',
      },
      { by: 'jonas', afterHours: 3, body: 'Found it, thank you!' },
    ],
    assignee: 'tomas',
    status: 'closed',
  },
  {
    hoursAgo: 122,
    by: 'jonas',
    subject: 'Invoice 2026-1043 has our old address',
    description:
      'We moved in September. Could you send it again with the new one?\n\n> Elbchaussee 12\n> 22763 Hamburg',
    files: [
      {
        name: 'invoice-2026-1043.pdf',
        make: () => invoice('2026-1043', ['Weber Optik GmbH', 'Altes Ufer 3', '20457 Hamburg']),
      },
    ],
    replies: [
      {
        by: 'priya',
        afterHours: 5,
        body: 'Of course. The corrected invoice is attached; the old one is void.',
        files: [
          {
            name: 'invoice-2026-1043-corrected.pdf',
            make: () => invoice('2026-1043', ['Weber Optik GmbH', 'Elbchaussee 12', '22763 Hamburg']),
          },
        ],
      },
    ],
    assignee: 'priya',
    status: 'solved',
  },
  {
    hoursAgo: 98,
    by: 'mara',
    subject: 'Reports were down on Tuesday morning',
    description:
      'Between about 08:07 and 08:13 UTC every report gave an error. I packed what our side logged; the orders of that morning are in there too.',
    priority: 'high',
    inCopy: ['jonas'],
    files: [{ name: 'diagnostics.zip', make: diagnosticsZip }],
    replies: [
      {
        by: 'priya',
        afterHours: 1,
        body: 'The pool waits five seconds for `db-2` and then gives up. Same minutes as on our side, see the log.',
        internal: true,
        files: [{ name: 'server-2026-11-17.txt', make: serverLog }],
      },
      {
        by: 'priya',
        afterHours: 2,
        body: 'Thank you, that helps. One of our database servers was unreachable for six minutes; nothing of yours was lost. We are finding out why.',
      },
      { by: 'jonas', afterHours: 4, body: 'It hit us as well, in Hamburg.' },
      {
        by: 'helen',
        afterHours: 20,
        body: 'Vendor ticket is open. Keep this one until they answer.',
        internal: true,
      },
    ],
    assignee: 'priya',
    status: 'open',
  },
  {
    hoursAgo: 51,
    by: 'mara',
    subject: 'Export stops at 1,000 rows',
    description:
      'The order export ends after 1,000 rows, whatever range I choose. No message; the file just stops.\n\n1. Open **Orders**\n2. Choose *This year*\n3. Press **Export**',
    files: [{ name: 'orders-export.csv', make: ordersCsv }],
    replies: [
      {
        by: 'tomas',
        afterHours: 3,
        body: 'Thank you for the file. Does anything show on the screen when it stops?',
      },
      {
        by: 'mara',
        afterHours: 20,
        body: 'Now that I looked closely, yes: this, for a second.',
        files: [{ name: 'export-error.png', make: errorScreenshot }],
      },
      {
        by: 'tomas',
        afterHours: 22,
        body: 'That is a fault of ours. A fix comes with the release of Thursday.',
      },
    ],
    assignee: 'tomas',
    status: 'pending',
  },
  {
    hoursAgo: 30,
    by: 'jonas',
    subject: 'Delivery 4711 arrived damaged: two lens testers',
    description:
      'The parcel came with a crushed corner, and one of the testers inside has a cracked display.\n\n- **LT-200, 20-1187**: seems fine, not switched on yet\n- **LT-200, 20-1188**: display broken\n\nPhotos and the signed delivery note are attached. How do we go on?',
    priority: 'high',
    files: [
      {
        name: 'parcel-front.jpg',
        make: () => parcelPhoto('front'),
        description: 'As the driver handed it over',
      },
      {
        name: 'parcel-corner.jpg',
        make: () => parcelPhoto('corner'),
        description: 'The corner that hit the ground',
      },
      { name: 'IMG_20261119_0941.jpg', make: displayPhoto, description: 'Serial number 20-1188' },
      {
        name: 'delivery-note-4711_weber-optik-hamburg_signed-with-reservation_2026-11-19_page-1-of-1.pdf',
        make: () =>
          letter('Delivery note 4711', [
            'Weber Optik GmbH, Elbchaussee 12, 22763 Hamburg',
            '2 x Lens tester LT-200, serial numbers 20-1187 and 20-1188',
            '1 x Power supply, 1 x Quick guide',
            'Outer box damaged at one corner. Signed with reservation, 19 November 2026.',
          ]),
      },
    ],
    replies: [
      {
        by: 'priya',
        afterHours: 2,
        body: 'That should not happen, sorry! A new LT-200 leaves us today. Please keep the box until the carrier has seen it.\n\n> 20-1187: seems fine\n\nPlease run the self-test first: hold **Power** for five seconds.',
      },
      {
        by: 'priya',
        afterHours: 3,
        body: 'Claim filed with the carrier. Photos meet what they ask for.',
        internal: true,
        files: [
          {
            name: 'claim-4711.pdf',
            make: () =>
              letter('Claim for parcel 4711', [
                'To: Northbound Parcels, claims department',
                'One corner crushed on the way from Gothenburg to Hamburg.',
                'Lens tester LT-200, 20-1188: display broken. Value EUR 1,940.00.',
              ]),
            description: 'For the carrier; not for the customer',
          },
        ],
      },
      {
        by: 'jonas',
        afterHours: 26,
        body: 'Self-test passed. The replacement is here as well.',
      },
    ],
    assignee: 'priya',
    status: 'open',
  },
  {
    hoursAgo: 20,
    by: 'mara',
    subject: 'Could reports be sent by e-mail every Monday?',
    description: 'Now I download them by hand. A wish, not a problem.',
    priority: 'low',
    replies: [],
    status: 'open',
  },
  {
    hoursAgo: 7,
    by: 'jonas',
    subject: 'The last bars of the weekly chart are cut off',
    description: 'Since the update. It is the same in two browsers.',
    files: [
      {
        name: 'Screenshot 2026-11-21 at 09.41.07 – Weekly chart – Northwind Instruments – Firefox.png',
        make: chartScreenshot,
      },
    ],
    replies: [],
    status: 'open',
  },
  {
    hoursAgo: 1,
    by: 'mara',
    subject: 'Cannot sign in since I changed my phone',
    description: 'The code is not accepted any more, and the month ends tomorrow. Please help!',
    priority: 'urgent',
    replies: [],
    status: 'open',
  },
];
