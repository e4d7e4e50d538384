import { parentPort } from 'node:worker_threads';
import type { Answer, Task } from '../../../src/attachments/inspect/worker.ts';

/** A worker that misbehaves by the name of the file: hangs, throws, exits, or takes its time; starved, it does not come to work. */
parentPort?.on('message', async ({ name }: Task) => {
  if (name === 'hang.txt') for (;;);
  if (name === 'throw.txt') throw new Error('a fault in a check');
  if (name === 'exit.txt') process.exit(1);
  if (name === 'starved.txt') await new Promise((resolve) => setTimeout(resolve, 3_000));
  if (name === 'slow.txt') await new Promise((resolve) => setTimeout(resolve, 700));
  answer({ inspection: { accepted: true, mimeType: 'text/plain', warnings: [], rule: 'unruly' } });
});
answer({ ready: true });

function answer(message: Answer) {
  parentPort?.postMessage(message);
}
