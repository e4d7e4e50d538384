import { pdf } from './pdf.ts';
import { type Canvas, type Colour, canvas, fill, png } from './png.ts';
import { zip } from './zip.ts';

// Real files, each made anew and always the same, so that the demo carries no binaries along.

const WHITE: Colour = [255, 255, 255];
const GREY: Colour = [222, 226, 230];
const DARK: Colour = [52, 58, 64];
const BLUE: Colour = [34, 102, 204];
const RED: Colour = [201, 42, 42];

/** A window with a message box that says something went wrong. */
export function errorScreenshot(): Buffer {
  const screen = windowOf(960, 600);
  textLines(screen, 40, 100, 11);
  fill(screen, 280, 200, 400, 180, RED);
  fill(screen, 284, 204, 392, 172, WHITE);
  fill(screen, 310, 230, 40, 40, RED);
  fill(screen, 327, 236, 6, 18, WHITE);
  fill(screen, 327, 258, 6, 6, WHITE);
  textLines(screen, 370, 234, 3, 260);
  fill(screen, 560, 330, 96, 30, BLUE);
  return png(screen);
}

/** A window with a bar chart whose right side is missing. */
export function chartScreenshot(): Buffer {
  const screen = windowOf(800, 480);
  for (const [index, height] of [120, 200, 160, 260, 310, 240, 290].entries()) {
    fill(screen, 60 + index * 110, 430 - height, 70, height, BLUE);
  }
  fill(screen, 40, 430, 720, 3, DARK);
  fill(screen, 640, 60, 160, 420, WHITE);
  return png(screen);
}

function windowOf(width: number, height: number): Canvas {
  const screen = canvas(width, height, WHITE);
  fill(screen, 0, 0, width, 44, DARK);
  for (const left of [16, 40, 64]) fill(screen, left, 16, 12, 12, GREY);
  return screen;
}

/** Grey bars where there would be words. */
function textLines(screen: Canvas, left: number, top: number, count: number, width = 880): void {
  for (let line = 0; line < count; line += 1) {
    fill(screen, left, top + line * 40, width - ((line * 97) % (width / 2)), 14, GREY);
  }
}

/** A one-page invoice to this address. */
export function invoice(number: string, address: string[]): Buffer {
  const rows = [
    ['Workshop licence, 12 months', '1,188.00'],
    ['Onboarding, 2 hours', '240.00'],
    ['Total EUR', '1,428.00'],
  ] as const;
  return pdf([
    { text: 'Northwind Instruments', left: 60, bottom: 770, size: 18 },
    ...address.map((text, index) => ({ text, left: 60, bottom: 710 - index * 16, size: 11 })),
    { text: `Invoice ${number}`, left: 60, bottom: 600, size: 14 },
    ...rows.flatMap(([text, amount], index) => [
      { text, left: 60, bottom: 560 - index * 20, size: 11 },
      { text: amount, left: 460, bottom: 560 - index * 20, size: 11 },
    ]),
    { text: 'Payable within 30 days (bank transfer).', left: 60, bottom: 470, size: 10 },
  ]);
}

/** Orders as the shop exports them. */
export function ordersCsv(): Buffer {
  const places = ['Gothenburg', 'Hamburg', 'Porto', 'Krakow', 'Lyon'];
  const rows = Array.from({ length: 1000 }, (_, index) =>
    [
      `SO-${10_001 + index}`,
      places[index % places.length],
      1 + (index % 7),
      (((index * 37) % 900) + 19.9).toFixed(2),
    ].join(),
  );
  return Buffer.from(`order,city,items,total_eur\r\n${rows.join('\r\n')}\r\n`);
}

/** What a server wrote while its database was away. */
export function serverLog(): Buffer {
  const lines = Array.from({ length: 240 }, (_, index) => {
    const at = new Date(Date.UTC(2026, 10, 17, 8, 0, index * 5)).toISOString();
    const away = index > 90 && index < 150;
    return away
      ? `${at} ERROR pool: connection to db-2 timed out after 5000 ms (attempt ${index - 90})`
      : `${at} INFO  http: GET /reports/${index % 12} 200 ${20 + ((index * 13) % 70)} ms`;
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** The log and the orders, packed for mailing. */
export function diagnosticsZip(): Buffer {
  return zip([
    { name: 'diagnostics/server.log.txt', content: serverLog() },
    { name: 'diagnostics/orders.csv', content: ordersCsv() },
  ]);
}
