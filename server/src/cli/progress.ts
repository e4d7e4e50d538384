/** What is counted: things one by one, or their bytes. */
export type Unit = 'things' | 'bytes';

/** How long work takes that goes step by step: a line that is written over, on standard error where that is a screen. */
export function progressBar(unit: Unit = 'things', width = 24) {
  const began = performance.now();
  const screen = process.stderr.isTTY;
  let shown = 0;

  return {
    /** At most ten times a second, and at the end. */
    show(done: number, total: number): void {
      const now = performance.now();
      if (!screen || (done < total && now - shown < 100)) return;
      shown = now;
      process.stderr.write(`\r${progressLine(done, total, (now - began) / 1000, width, unit)}\u001b[K`);
    },
    /** Makes room for a line of something else. */
    clear(): void {
      if (screen && shown > 0) process.stderr.write('\r\u001b[K');
    },
    end(): void {
      if (screen && shown > 0) process.stderr.write('\n');
    },
  };
}

/** `[######------] 120 of 240, 30.0 a second, 4 s left` */
export function progressLine(
  done: number,
  total: number,
  seconds: number,
  width: number,
  unit: Unit = 'things',
): string {
  const full = total === 0 ? width : Math.round((done / total) * width);
  const rate = seconds > 0 ? done / seconds : 0;
  const left = rate > 0 ? `, ${timeOf((total - done) / rate)} left` : '';
  const bar = '#'.repeat(full) + '-'.repeat(Math.max(0, width - full));
  const told = unit === 'bytes' ? sizeOf : String;
  const pace = unit === 'bytes' ? sizeOf(rate) : rate.toFixed(1);
  return `[${bar}] ${told(done)} of ${told(total)}, ${pace} a second${left}`;
}

/** `12.3 MB` */
export function sizeOf(bytes: number): string {
  const names = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(names.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${names[power]}`;
}

/** `40 s`, `12 min` or `3 h 5 min` */
function timeOf(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
