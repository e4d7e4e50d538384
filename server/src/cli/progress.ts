/** How long work takes that goes file by file: a line that is written over, on standard error where that is a screen. */
export function progressBar(width = 24) {
  const began = performance.now();
  const screen = process.stderr.isTTY;
  let shown = 0;

  return {
    /** At most ten times a second, and at the end. */
    show(done: number, total: number): void {
      const now = performance.now();
      if (!screen || (done < total && now - shown < 100)) return;
      shown = now;
      process.stderr.write(`\r${progressLine(done, total, (now - began) / 1000, width)}\u001b[K`);
    },
    end(): void {
      if (screen && shown > 0) process.stderr.write('\n');
    },
  };
}

/** `[######------] 120 of 240, 30.0 a second, 4 s left` */
export function progressLine(done: number, total: number, seconds: number, width: number): string {
  const full = total === 0 ? width : Math.round((done / total) * width);
  const rate = seconds > 0 ? done / seconds : 0;
  const left = rate > 0 ? `, ${Math.ceil((total - done) / rate)} s left` : '';
  const bar = '#'.repeat(full) + '-'.repeat(Math.max(0, width - full));
  return `[${bar}] ${done} of ${total}, ${rate.toFixed(1)} a second${left}`;
}
