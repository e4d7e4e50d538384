import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NAME_BYTES } from '../../../src/attachments/file-name.ts';
import { TIME_LIMIT } from '../../../src/attachments/inspect/inspector.ts';
import { LIMITS } from '../../../src/attachments/inspect/limits.ts';
import { humanSize } from '../../../src/refusals.ts';
import { CORPUS, corpusIsThere, type Sample, samples } from './corpus.ts';
import { word } from './verdict.ts';

/**
 * What is decided where no answer is right by itself: the samples, the verdict, and the row of the table in
 * docs/security.md that says why. The first row that fits a sample counts.
 */
const POLICY: [RegExp, string, string][] = [
  [/archive\/encrypted_e\.|edge\/zip\//, 'accepted encrypted', 'Encrypted files in a .zip or .7z'],
  [/html_inside\.zip/, 'accepted scripts_inside', 'Scripts and web pages in an archive'],
  [/exe_in_docx|with_lnk_file\.ppt/, 'archive_blocked_entry', 'Program embedded in a document'],
  [/oletools_encrypted_|edge\/pdf\//, 'accepted encrypted', 'Encrypted PDF, .doc, .xls, .ppt'],
  [/dde-in-csv/, 'accepted formulas', 'Formulas in a .csv'],
  [/embedded-simple-2007/, 'accepted embedded_files', 'Embedded files and objects'],
  [/remote_template/, 'accepted external_links', 'Link to a template, picture or object elsewhere'],
  [
    /snes_md|pdf-offset|COMPRESS-621/,
    'content_ambiguous',
    'File that a reader of another format would open too',
  ],
  [
    /truncated_half|(img|ole|zip)-broken|pdf-malformed|noendheader/,
    'content_damaged',
    'Damaged or incomplete file',
  ],
  [
    /_as_zip_|dcterms_bug/,
    'type_mismatch',
    'Office document, OpenDocument, e-book, Android or Java program named .zip',
  ],
  [
    /csv_as_xls_|dot_as_doc_|invalid_zip64|xlsx-corrupted/,
    'type_mismatch',
    'Content of another type than the name says',
  ],
  [
    /(asp|php|html_bom|html_utf16)\.txt/,
    'content_active',
    'Web page, SVG, server page or script by its start in .txt, .csv',
  ],
  [/text-active\/(ps|rtf)\.txt/, 'type_mismatch', 'RTF, PDF or PostScript in .txt, .csv'],
  [
    /html\.csv|(js|mhtml|xmlent)\.txt|eml_as_txt|xml_as_txt|JSON_Fuzzing/,
    'accepted',
    'Source code, XML, mail and pieces of HTML in .txt, .csv',
  ],
  [/xlt_as_xls/, 'accepted', 'Excel template named .xls'],
  [/nobom-utf16le|utf16-text/, 'accepted', 'UTF-16 without a mark'],
  [/nobom-utf32be/, 'type_mismatch', 'UTF-32'],
  [/testEXCEL_3|pp40only/, 'type_mismatch', 'Excel up to 4, Word up to 5, PowerPoint 4'],
  [/clamav_logos|split_zip/, 'content_damaged', 'Part of a zip of several parts'],
  [/edge\/doc\/|edge\/xls\/(?!2f96ebb7)/, 'accepted macros', 'Macros in .doc, .xls, .ppt'],
  [/edge\/xls\/2f96ebb7/, 'accepted encrypted macros', 'Macros in .doc, .xls, .ppt'],
  [/ole-encrypted-ooxml\/.*\.ppt$/, 'type_mismatch', 'Content of another type than the name says'],
  [/ole-encrypted-ooxml/, 'accepted encrypted', 'Encrypted .docx, .xlsx, .pptx'],
  [/sloppy-filenames/, 'archive_unsafe', 'Zip whose local headers disagree with its directory'],
  [/bad_mpo_header/, 'accepted', 'Padding behind a file, or data that no format claims'],
  [/(7d84974b|b1952b23)_poi|test_extents_transparency/, 'content_damaged', 'Damaged or incomplete file'],
  [/67c10a91_poi/, 'accepted embedded_files', 'Embedded files and objects'],
  [/clusterfuzz/, 'accepted', 'Old Office document that readers open in spite of small faults'],
];

function judge({ path, extension }: Sample): Promise<string> {
  return word(`sample.${extension}`, readFileSync(join(CORPUS, path)));
}

describe.runIf(corpusIsThere())('the sample corpus', () => {
  const all = corpusIsThere() ? samples() : [];

  it('has every attack refused, but where a password hides what it is', async () => {
    const hidden = ({ path }: Sample) => path.includes('xlsb_as_xlsx_4_protected');
    const attacks = all.filter((sample) => sample.expected === 'reject' && !hidden(sample));
    for (const sample of all.filter(hidden)) expect(await judge(sample)).toBe('accepted encrypted');
    const verdicts = await Promise.all(attacks.map(async (sample) => [sample.path, await judge(sample)]));
    expect(attacks.length).toBeGreaterThan(100);
    expect(verdicts.filter(([, verdict]) => verdict?.startsWith('accepted'))).toEqual([]);
  }, 60_000);

  it('has every valid file accepted', async () => {
    const valid = all.filter(({ expected }) => expected === 'accept');
    const verdicts = await Promise.all(valid.map(async (sample) => [sample.path, await judge(sample)]));
    expect(valid.length).toBeGreaterThan(100);
    expect(verdicts.filter(([, verdict]) => !verdict?.startsWith('accepted'))).toEqual([]);
  }, 60_000);

  it('has every file between decided as the documentation says', async () => {
    const between = all.filter(({ expected }) => expected === 'policy');
    const decided = await Promise.all(
      between.map(async (sample) => `${sample.path}: ${await judge(sample)}`),
    );
    const expected = between.map(
      ({ path }) => `${path}: ${POLICY.find(([samples]) => samples.test(path))?.[1]}`,
    );
    expect(decided).toEqual(expected);
  }, 60_000);
});

describe('docs/security.md', () => {
  const document = readFileSync(new URL('../../../../docs/security.md', import.meta.url), 'utf8');

  it.each([
    `at most ${TIME_LIMIT.working / 1000} seconds of work a file, ${TIME_LIMIT.elapsed / 1000} by the clock`,
    `cut in the middle at ${NAME_BYTES} bytes`,
    `up to ${LIMITS.nesting} deep and ${humanSize(LIMITS.nestedSize)}`,
    `unpacks to over ${humanSize(LIMITS.unpacked)}, to ${LIMITS.ratio} times its size and over ${humanSize(LIMITS.ratioFrom)}, or to over ${LIMITS.entries.toLocaleString('en')} files`,
    `over ${LIMITS.pixels / 1_000_000} megapixels`,
  ])('says: %s', (words) => expect(document).toContain(words));

  it.each(POLICY)('decides %s as %s: %s', (_, decided, row) => {
    const decision =
      document
        .split('\n')
        .find((line) => line.startsWith(`| ${row} |`))
        ?.split(' | ')[1] ?? 'missing';
    const [verdict = '', ...warnings] = decided.split(' ');
    expect(decision).toContain(verdict === 'accepted' ? 'accepted' : `refused, \`${verdict}\``);
    expect(warnings.filter((warning) => decision.includes(warning)).length).toBe(
      Math.min(1, warnings.length),
    );
  });
});
