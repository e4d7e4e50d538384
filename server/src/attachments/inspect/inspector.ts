import { Worker } from 'node:worker_threads';
import type { Inspection, InspectionPolicy } from './inspection.ts';
import type { Answer, Task } from './worker.ts';
import { type WorkingTime, watchWork } from './working-time.ts';

/** Longest that a check may work, and may take by the clock, in milliseconds; waiting for a free worker does not count. */
export const TIME_LIMIT: WorkingTime = { working: 2_000, elapsed: 10_000 };
/** A worker that has not come up by then will not. */
const START_LIMIT = 20_000;
/**
 * Far above what a check needs: V8 does not always survive meeting this limit in a worker (it may end the
 * whole process), so the checks themselves bound what they read and keep; see `bounds.ts`.
 */
const HEAP_MB = 256;

export interface Inspector {
  /**
   * Says what the file at `path` is. A check that crashes or hangs refuses its file with
   * `inspection_failed`. Rejects only when the file cannot be opened or the inspector is closed.
   */
  inspect(path: string, name: string, policy: InspectionPolicy): Promise<Inspection>;
  close(): Promise<void>;
}

interface Job {
  task: Task;
  resolve(inspection: Inspection): void;
  reject(error: Error): void;
}

/** Runs checks in `size` worker threads, which start at once and do not keep an idle process alive. */
export function createInspector({
  size = 2,
  worker = new URL('./worker.ts', import.meta.url),
}: {
  size?: number;
  worker?: URL;
} = {}): Inspector {
  const waiting: Job[] = [];
  const lanes = Array.from({ length: size }, () => createLane(worker, next));
  let closed = false;

  function next() {
    for (const lane of lanes) {
      if (lane.busy()) continue;
      const job = waiting.shift();
      if (job === undefined) return;
      lane.run(job);
    }
  }

  return {
    inspect(path, name, policy) {
      if (closed) return Promise.reject(new Error('The inspector is closed.'));
      return new Promise((resolve, reject) => {
        waiting.push({ task: { path, name, policy }, resolve, reject });
        next();
      });
    },
    async close() {
      closed = true;
      for (const job of waiting.splice(0)) job.reject(new Error('The inspector is closed.'));
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

/** One worker and the job it has; a worker that dies or hangs is replaced when the next job comes. */
function createLane(url: URL, whenFree: () => void) {
  let job: Job | undefined;
  let endWatch = () => {};
  let worker: Worker | undefined = start();
  let ready = false;

  function start(): Worker {
    const started = new Worker(url, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
    started.unref();
    started.on('message', (answer: Answer) => started === worker && receive(answer));
    started.on('error', (error) => lose(started, `worker died: ${error.message}`));
    started.on('exit', () => lose(started, 'worker exited'));
    return started;
  }

  function receive(answer: Answer) {
    if ('ready' in answer) {
      ready = true;
      // The unref() before a worker is up does not last.
      if (job) watch();
      else worker?.unref();
      return;
    }
    const done = finish();
    if ('inspection' in answer) done?.resolve(answer.inspection);
    else done?.reject(answer.unreadable);
    whenFree();
  }

  function lose(lost: Worker, rule: string) {
    if (lost !== worker) return;
    worker = undefined;
    ready = false;
    void lost.terminate();
    const done = finish();
    done?.resolve(failed(done.task.name, rule));
    whenFree();
  }

  function watch() {
    endWatch();
    const watched = worker;
    if (!watched) return;
    const late = (rule: string) => lose(watched, rule);
    endWatch = ready ? watchWork(watched, TIME_LIMIT, late) : watchStart(late);
  }

  function finish(): Job | undefined {
    const done = job;
    job = undefined;
    endWatch();
    worker?.unref();
    return done;
  }

  return {
    busy: () => job !== undefined,
    run(next: Job) {
      job = next;
      worker ??= start();
      worker.ref();
      watch();
      worker.postMessage(next.task);
    },
    async close() {
      const last = worker;
      worker = undefined;
      finish()?.reject(new Error('The inspector is closed.'));
      await last?.terminate();
    },
  };
}

function watchStart(late: (rule: string) => void): () => void {
  const timer = setTimeout(() => late(`the worker did not come up within ${START_LIMIT} ms`), START_LIMIT);
  return () => clearTimeout(timer);
}

function failed(fileName: string, rule: string): Inspection {
  return { accepted: false, code: 'inspection_failed', details: { file_name: fileName }, rule };
}
