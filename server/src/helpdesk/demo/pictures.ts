// Drawn as SVG and painted by sharp, which is loaded only when the demo is made.

/** A window with a message box that says something went wrong. */
export function errorScreenshot(): Promise<Buffer> {
  const rows = Array.from({ length: 9 }, (_, row) => tableRow(112 + row * 52, 680 - ((row * 97) % 260)));
  return png(1280, 800, [
    appWindow(1280, 800),
    ...rows,
    '<rect width="1280" height="800" fill="#1c1f22" opacity=".35"/>',
    '<rect x="380" y="270" width="520" height="240" rx="14" fill="#fff"/>',
    '<circle cx="440" cy="334" r="26" fill="#c92a2a"/>',
    '<path d="M440 320v18" stroke="#fff" stroke-width="5" stroke-linecap="round"/><circle cx="440" cy="348" r="3" fill="#fff"/>',
    words(490, 320, 300, '#343a40', 16),
    words(490, 356, 350, '#adb5bd'),
    words(490, 384, 240, '#adb5bd'),
    '<rect x="760" y="448" width="116" height="38" rx="8" fill="#1f6f8b"/>',
    words(792, 461, 52, '#fff'),
  ]);
}

/** A window with a bar chart whose right side is missing. */
export function chartScreenshot(): Promise<Buffer> {
  const bars = [180, 290, 240, 370, 430, 340, 400, 310].map(
    (height, index) =>
      `<rect x="${290 + index * 112}" y="${690 - height}" width="68" height="${height}" rx="6" fill="${index === 4 ? '#0b7285' : '#66b3c4'}"/>${words(304 + index * 112, 712, 40, '#ced4da')}`,
  );
  const lines = [290, 390, 490, 590, 690].map(
    (y) => `<path d="M260 ${y}H1240" stroke="#e9ecef" stroke-width="2"/>`,
  );
  return png(1280, 800, [
    appWindow(1280, 800),
    words(260, 110, 240, '#343a40', 20),
    words(260, 150, 380, '#ced4da'),
    ...lines,
    ...bars,
    '<rect x="1010" y="200" width="270" height="560" fill="#fff"/>',
    '<path d="M1010 200V760" stroke="#ffa8a8" stroke-width="3" stroke-dasharray="10 8"/>',
  ]);
}

/** A parcel on a warehouse floor, from its good side or from the one that hit the ground. */
export function parcelPhoto(side: 'front' | 'corner'): Promise<Buffer> {
  const dent =
    side === 'corner'
      ? [
          '<path d="M990 860L1120 780L1150 905L1055 985L940 960Z" fill="#6b4a2b"/>',
          '<path d="M990 860L1060 890L1120 780M1060 890L1055 985" stroke="#3d2916" stroke-width="7" fill="none"/>',
          '<path d="M940 960L880 1010L1010 1020L1055 985Z" fill="#8c6239"/>',
        ]
      : [];
  return photo([
    floor('#8b8f94', '#5d6166'),
    '<ellipse cx="800" cy="990" rx="560" ry="90" fill="#000" opacity=".35" filter="url(#soft)"/>',
    '<path d="M400 440L860 560V1020L400 860Z" fill="#b98a56"/>',
    '<path d="M860 560L1160 410V830L860 1020Z" fill="#96693b"/>',
    '<path d="M400 440L700 310L1160 410L860 560Z" fill="#d3a874"/>',
    '<path d="M560 372L1010 485L985 498L532 384Z" fill="#e8d9bd" opacity=".85"/>',
    '<path d="M985 498L1010 485V610L985 622Z" fill="#cbb48c" opacity=".85"/>',
    '<path d="M470 610L680 668V820L470 750Z" fill="#f4f1ea"/>',
    ...Array.from(
      { length: 14 },
      (_, bar) =>
        `<path d="M${490 + bar * 12} ${640 + bar * 3.4}v70" stroke="#222" stroke-width="${2 + ((bar * 5) % 6)}"/>`,
    ),
    ...dent,
  ]);
}

/** The display of an instrument, cracked; taken with the camera on its side, as its metadata says. */
export function displayPhoto(): Promise<Buffer> {
  const cracks = [-150, -95, -40, 20, 70, 130, 200, 260].map(
    (angle, index) =>
      `<path d="M0 0l${(120 + index * 9) * Math.cos(angle / 57)} ${(120 + index * 9) * Math.sin(angle / 57)}l${90 * Math.cos((angle + 24) / 57)} ${90 * Math.sin((angle + 24) / 57)}" />`,
  );
  return photo(
    [
      floor('#c9c3b8', '#8f877a'),
      '<rect x="330" y="210" width="940" height="800" rx="70" fill="#000" opacity=".3" filter="url(#soft)"/>',
      '<rect x="320" y="180" width="940" height="800" rx="70" fill="#2f3437"/>',
      '<rect x="400" y="260" width="780" height="470" rx="22" fill="#0d2b33"/>',
      '<path d="M430 640C560 640 560 380 690 380S800 600 900 560S1040 330 1150 420" stroke="#58d0b8" stroke-width="9" fill="none"/>',
      '<g fill="#495057"><circle cx="500" cy="860" r="52"/><circle cx="660" cy="860" r="52"/><rect x="860" y="815" width="280" height="90" rx="45"/></g>',
      '<circle cx="500" cy="860" r="20" fill="#c92a2a"/>',
      `<g transform="translate(940 440) scale(.75)" stroke="#e9f5f5" stroke-width="3.5" fill="none" opacity=".9">${cracks.join('')}<circle r="26" fill="#e9f5f5" opacity=".5"/></g>`,
      '<path d="M400 282L700 260H820L480 730H400Z" fill="#fff" opacity=".07"/>',
    ],
    6,
  );
}

function appWindow(width: number, height: number): string {
  const menu = Array.from({ length: 6 }, (_, item) =>
    words(40, 132 + item * 46, 96 + ((item * 37) % 50), '#adb5bd'),
  );
  return [
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<rect width="${width}" height="56" fill="#f1f3f5"/><rect y="56" width="220" height="${height}" fill="#f8f9fa"/>`,
    '<circle cx="30" cy="28" r="8" fill="#ff8787"/><circle cx="56" cy="28" r="8" fill="#ffd43b"/><circle cx="82" cy="28" r="8" fill="#69db7c"/>',
    `<rect x="340" y="14" width="600" height="28" rx="14" fill="#fff"/>${words(372, 23, 210, '#ced4da', 10)}`,
    '<rect x="20" y="108" width="180" height="40" rx="8" fill="#d9edf2"/>',
    ...menu,
  ].join('');
}

function tableRow(top: number, width: number): string {
  return [
    `<path d="M260 ${top + 36}H1240" stroke="#f1f3f5" stroke-width="2"/>`,
    words(260, top, 70, '#74b9c9'),
    words(370, top, width / 1.7, '#868e96'),
    words(960, top, 90, '#ced4da'),
    words(1140, top, 70, '#ced4da'),
  ].join('');
}

/** A bar where there would be words: no machine needs to have the font. */
function words(left: number, top: number, width: number, colour: string, height = 12): string {
  return `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="${height / 2}" fill="${colour}"/>`;
}

function floor(light: string, dark: string): string {
  return `<radialGradient id="floor" cx=".4" cy=".35" r=".9"><stop offset="0" stop-color="${light}"/><stop offset="1" stop-color="${dark}"/></radialGradient><filter id="soft"><feGaussianBlur stdDeviation="28"/></filter><rect width="1600" height="1200" fill="url(#floor)"/>`;
}

async function png(width: number, height: number, shapes: string[]): Promise<Buffer> {
  return (await paint(width, height, shapes)).png({ palette: true }).toBuffer();
}

/** With the grain of a camera, and how it was held (TIFF 6.0, tag 274). */
async function photo(shapes: string[], orientation = 1): Promise<Buffer> {
  const grain =
    '<filter id="grain"><feTurbulence type="fractalNoise" baseFrequency=".8" numOctaves="2"/><feColorMatrix values="0 0 0 0 .5 0 0 0 0 .5 0 0 0 0 .5 .5 0 0 0 -.12"/></filter><rect width="1600" height="1200" filter="url(#grain)" opacity=".35"/>';
  const held = await paint(1600, 1200, [...shapes, grain]);
  return held
    .rotate(orientation === 6 ? -90 : 0)
    .withMetadata({ orientation })
    .jpeg({ quality: 82 })
    .toBuffer();
}

async function paint(width: number, height: number, shapes: string[]) {
  const { default: sharp } = await import('sharp');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#fff' });
}
