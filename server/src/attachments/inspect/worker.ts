import { parentPort } from 'node:worker_threads';
import { inspect } from './inspect.ts';
import type { Inspection, InspectionPolicy } from './inspection.ts';
import { openFile } from './open-file.ts';

export interface Task {
  path: string;
  name: string;
  policy: InspectionPolicy;
}

/** `ready` comes once; then one answer for each task. `unreadable`: the file could not be opened, which is nobody's verdict. */
export type Answer = { ready: true } | { inspection: Inspection } | { unreadable: Error };

const port = parentPort;
if (port === null) throw new Error('The inspection worker was started outside a worker thread.');

port.on('message', async (task: Task) => port.postMessage(await answer(task)));
port.postMessage({ ready: true } satisfies Answer);

async function answer(task: Task): Promise<Answer> {
  let file: ReturnType<typeof openFile>;
  try {
    file = openFile(task.path);
  } catch (error) {
    return { unreadable: error instanceof Error ? error : new Error(String(error)) };
  }
  try {
    return { inspection: await inspect(file, task.name, task.policy) };
  } finally {
    file.close();
  }
}
