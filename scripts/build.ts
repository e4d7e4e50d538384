/** Builds the web app ahead of the first start: for a container image, or a folder that the server may not write. */
import { builtWebApp } from '../server/src/cli/web-app.ts';

console.log(`The web app is in ${await builtWebApp()}.`);
