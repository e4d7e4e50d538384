import { pdf } from './pdf.ts';
import { zip } from './zip.ts';

// Real files, each made anew and always the same, so that the demo carries no binaries along; `pictures.ts` has more.

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

/** One page with a heading and a few lines. */
export function letter(heading: string, lines: string[]): Buffer {
  return pdf([
    { text: heading, left: 60, bottom: 770, size: 18 },
    ...lines.map((text, index) => ({ text, left: 60, bottom: 720 - index * 24, size: 11 })),
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
