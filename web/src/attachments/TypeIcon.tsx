import { File, FileArchive, FileImage, FileSpreadsheet, FileText, Presentation } from 'lucide-react';

const SIGNS: [RegExp, typeof File][] = [
  [/^image\/|\.(png|jpe?g|gif)$/i, FileImage],
  [/zip|7z/i, FileArchive],
  [/spreadsheet|excel|csv|\.xlsx?$/i, FileSpreadsheet],
  [/presentation|powerpoint|\.pptx?$/i, Presentation],
  [/^text\/|pdf|word|\.(txt|docx?)$/i, FileText],
];

/** A sign for a type, where there is no picture of the file. `type` is a media type, or a name where none is known. */
export function TypeIcon({ type, className = 'size-5' }: { type: string; className?: string }) {
  const Sign = SIGNS.find(([pattern]) => pattern.test(type))?.[1] ?? File;
  return <Sign aria-hidden className={`${className} text-faint`} strokeWidth={1.5} />;
}
