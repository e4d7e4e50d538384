import { expect, test } from 'vitest';
import { flatten } from '../../src/attachments/drop.ts';
import { nameScreenshot, pastedFiles } from '../../src/attachments/paste.ts';
import { fileOf } from './fakes.ts';

/** As Chromium gives folders: a hundred entries at a time. */
function folder(name: string, children: FileSystemEntry[]): FileSystemEntry {
  const createReader = () => {
    const left = [...children];
    return { readEntries: (done: (entries: FileSystemEntry[]) => void) => done(left.splice(0, 100)) };
  };
  return Object.assign(Object.create(null), { name, isDirectory: true, isFile: false, createReader });
}

function entry(name: string): FileSystemEntry {
  const file = (done: (file: File) => void) => done(fileOf(name));
  return Object.assign(Object.create(null), { name, isDirectory: false, isFile: true, file });
}

test('a dropped folder gives all its files, however deep, and its own name', async () => {
  const dropped = await flatten([
    entry('loose.pdf'),
    folder('Photos', [folder('2026', [entry('b.jpg')]), entry('a.jpg')]),
  ]);
  expect(dropped.files.map(({ name }) => name)).toEqual(['loose.pdf', 'b.jpg', 'a.jpg']);
  expect(dropped.folders).toEqual(['Photos']);
  expect(dropped.more).toBe(false);
});

test('a folder of more than a hundred files is read to its end', async () => {
  const many = Array.from({ length: 250 }, (_, index) => entry(`${index}.txt`));
  expect((await flatten([folder('Many', many)])).files).toHaveLength(250);
});

test('a folder without an end is left at five hundred files', async () => {
  const many = Array.from({ length: 600 }, (_, index) => entry(`${index}.txt`));
  const dropped = await flatten([folder('node_modules', many)]);
  expect(dropped.files).toHaveLength(500);
  expect(dropped.more).toBe(true);
});

test('what systems hide in folders is left out, but not when it is dropped by itself', async () => {
  const clutter = ['.DS_Store', 'Thumbs.db', 'desktop.ini'].map(entry);
  const dropped = await flatten([folder('Photos', [...clutter, entry('a.jpg')]), entry('.env')]);
  expect(dropped.files.map(({ name }) => name)).toEqual(['a.jpg', '.env']);
});

test('a screenshot is named by its time, and never like another', () => {
  const now = new Date(2026, 10, 22, 14, 5, 9);
  const shot = fileOf('image.png', 'x', 'image/png');
  const first = nameScreenshot(shot, 'Screenshot', now, new Set());
  expect(first.name).toBe('Screenshot 2026-11-22 14.05.09.png');
  expect(first.type).toBe('image/png');
  expect(nameScreenshot(shot, 'Screenshot', now, new Set([first.name])).name).toBe(
    'Screenshot 2026-11-22 14.05.09 (2).png',
  );
});

test('a file copied from a folder keeps its name', () => {
  expect(nameScreenshot(fileOf('diagram.png'), 'Screenshot', new Date(), new Set()).name).toBe('diagram.png');
});

test('a picture beside text is left to the text field, and taken anywhere else', () => {
  const field = document.body.appendChild(document.createElement('textarea'));
  const table = new DataTransfer();
  table.items.add(fileOf('image.png', 'x', 'image/png'));
  table.items.add('a\tb', 'text/plain');
  const pasted: number[] = [];
  const hear = (event: ClipboardEvent) => pasted.push(pastedFiles(event).length);
  document.addEventListener('paste', hear);
  field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: table, bubbles: true }));
  document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: table, bubbles: true }));
  document.removeEventListener('paste', hear);
  field.remove();
  expect(pasted).toEqual([0, 1]);
});
