/** The files of a paste; none where the clipboard holds text as well and a text field will take that (a table copied from a sheet comes as a picture too). */
export function pastedFiles(event: ClipboardEvent): File[] {
  const { clipboardData, target } = event;
  if (!clipboardData || clipboardData.files.length === 0) return [];
  if (clipboardData.types.includes('text/plain') && isEditable(target)) return [];
  return [...clipboardData.files];
}

function isEditable(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input, textarea');
}

/**
 * A screenshot comes as `image.png`, every one of them: it is named by what it is and when, in local time
 * (`Screenshot 2026-11-22 14.05.09.png`), with a number where that is taken. A file copied from a folder keeps its name.
 */
export function nameScreenshot(file: File, word: string, now: Date, taken: ReadonlySet<string>): File {
  const generic = /^image\.(png|jpe?g|gif)$/i.exec(file.name);
  if (!generic) return file;
  const stem = `${word} ${stamp(now)}`;
  const extension = generic[1]?.toLowerCase();
  let name = `${stem}.${extension}`;
  for (let number = 2; taken.has(name); number += 1) name = `${stem} (${number}).${extension}`;
  return new File([file], name, { type: file.type, lastModified: file.lastModified });
}

/** Sorts by time, and holds no colon: Windows allows none in a name. */
function stamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join('.')}`;
}
