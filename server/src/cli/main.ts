import { collectBuffersEarly } from './collector.ts';
import { docket } from './docket.ts';

collectBuffersEarly();
process.stdout.on('error', () => process.exit()); // whoever read it has gone, as `head` does
// Whatever a failure left open must not keep the process.
process.exit(await docket(process.argv.slice(2)));
