import { execFile } from 'node:child_process';
import { constants } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const COLLECTOR = new URL('../../src/cli/collector.ts', import.meta.url).href;

/** What two gigabytes passing through a process, 64 KB at a time, cost it: how often its whole heap was searched. */
async function searchesOfTheHeap(first: string): Promise<number> {
  const script = `
    import { PerformanceObserver } from 'node:perf_hooks';
    ${first}
    let searches = 0;
    const count = (list) => {
      for (const { detail } of list.getEntries()) if (detail.kind === ${constants.NODE_PERFORMANCE_GC_MAJOR}) searches += 1;
    };
    new PerformanceObserver(count).observe({ entryTypes: ['gc'] });
    for (let n = 0; n < 32_768; n += 1) {
      Buffer.allocUnsafeSlow(65_536);
      if (n % 16 === 0) await new Promise(setImmediate);
    }
    console.log(searches);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  return Number(stdout);
}

describe.runIf(process.versions.node.startsWith('24.'))('on Node 24', () => {
  it('bytes on their way are cleared away with a fraction of the searches of the whole heap', async () => {
    const asItComes = await searchesOfTheHeap('');
    const early = await searchesOfTheHeap(
      `import { collectBuffersEarly } from '${COLLECTOR}'; collectBuffersEarly();`,
    );
    expect(early * 4).toBeLessThan(asItComes);
  });

  it('a Node that may not know the setting is left as it is', async () => {
    const searches = await searchesOfTheHeap(
      `import { collectBuffersEarly } from '${COLLECTOR}'; collectBuffersEarly('99.1.0');`,
    );
    expect(searches).toBeGreaterThan(5);
  });
});
