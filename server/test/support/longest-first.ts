import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Storms with kills: minutes each, in files so small that they would come last. */
const LONG = ['crash/crash', 'crash/resuming'];

/**
 * What takes long begins first, so that nobody waits for it alone at the end: in a fresh clone there are no times of an
 * earlier run to go by.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = LONG.findIndex((name) => moduleId.endsWith(`server/test/${name}.test.ts`));
  return place < 0 ? LONG.length : place;
}
