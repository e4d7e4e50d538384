/**
 * Where coverage is measured: whether a line ran, and not how often, which the runner asks for and which keeps all code
 * unoptimised. The mode is that of the whole process, so that the runner's own session reads what this one has chosen.
 */
import inspector from 'node:inspector/promises';

const session = new inspector.Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
