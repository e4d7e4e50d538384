/**
 * What failed, each with what it said, and in the last line the sum of all tests in words that any CI can read.
 * Takes the JSON reports of Vitest and of Playwright: node .ci/sum.mjs FILE...
 */
import { readFileSync } from 'node:fs';

const LINES_OF_A_FAILURE = 12;

const tests = process.argv.slice(2).flatMap((file) => {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return report.suites ? report.suites.flatMap((suite) => journeys(suite)) : report.testResults.flatMap(unit);
});

for (const { name, said } of tests.filter(({ state }) => state === 'failed')) {
  console.log(`\nFailed: ${name}\n${said.split('\n').slice(0, LINES_OF_A_FAILURE).join('\n')}`);
}
console.log(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);

function count(state) {
  return tests.filter((test) => test.state === state).length;
}

/** A file that could not even begin, or broke after its last test, counts as one failed test. */
function unit({ name: file, status, message, assertionResults }) {
  const own = assertionResults.map(({ fullName, status: state, failureMessages }) => ({
    name: `${file} > ${fullName}`,
    state: ['passed', 'failed'].includes(state) ? state : 'skipped',
    said: failureMessages.join('\n'),
  }));
  const broken = status === 'failed' && !own.some(({ state }) => state === 'failed');
  return broken ? [...own, { name: file, state: 'failed', said: message }] : own;
}

/** A journey that passed at its second try is a failed one. */
function journeys({ specs = [], suites = [] }) {
  const own = specs.flatMap(({ file, title, tests }) =>
    tests.map(({ status, results }) => ({
      name: `${file} > ${title}`,
      state: { expected: 'passed', skipped: 'skipped' }[status] ?? 'failed',
      said: results.flatMap(({ errors }) => errors.map(({ message }) => message ?? '')).join('\n'),
    })),
  );
  return [...own, ...suites.flatMap(journeys)];
}
