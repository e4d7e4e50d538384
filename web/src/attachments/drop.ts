/** What a drop brought: its files and those in its folders, all on one level. */
export interface Dropped {
  files: File[];
  /** Names of the folders that were opened. */
  folders: string[];
  /** Files that were left out because a folder holds more than anybody means to send. */
  more: boolean;
}

const MOST = 500;
const CLUTTER = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

/** Must be called while the drop event is handled: afterwards the browser takes the entries back. */
export function droppedFiles(transfer: DataTransfer): Promise<Dropped> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  return flatten(entries.filter((entry) => entry !== null));
}

/** Reads folders to their bottom, without the hidden files that systems leave in them. */
export async function flatten(entries: (FileSystemEntry | File)[]): Promise<Dropped> {
  const dropped: Dropped = { files: [], folders: [], more: false };
  const open = entries.map((entry) => ({ entry, inside: false }));
  for (let next = open.shift(); next; next = open.shift()) {
    const { entry, inside } = next;
    if (dropped.files.length >= MOST) return { ...dropped, more: true };
    if (entry instanceof File) dropped.files.push(entry);
    else if (isFolder(entry)) {
      if (!inside) dropped.folders.push(entry.name);
      open.unshift(...(await childrenOf(entry)).map((child) => ({ entry: child, inside: true })));
    } else if (isFile(entry) && !(inside && CLUTTER.test(entry.name))) {
      dropped.files.push(await fileOf(entry));
    }
  }
  return dropped;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** `readEntries` answers a hundred at a time, and none at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return children.sort((a, b) => a.name.localeCompare(b.name));
    children.push(...some);
  }
}
