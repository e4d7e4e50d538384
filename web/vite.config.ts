import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compiledMessages } from './compiled-messages.ts';

/** Where `npm run dev` has the server listen. */
const SERVER = process.env.DEV_SERVER ?? 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwind(), compiledMessages()],
  build: {
    target: 'baseline-widely-available',
    // The page's policy allows no data: address, for fonts and pictures neither.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    rolldownOptions: {
      output: {
        // What nearly all parts share comes in one file: small ones weigh more, and each is asked for by itself.
        codeSplitting: {
          groups: [
            {
              name: 'shared',
              test: /node_modules|src\/(ui|messages)\//,
              minShareCount: 20,
            },
          ],
        },
      },
    },
  },
  // The host stays the browser's, so that the server takes its writes for those of its own pages.
  server: { proxy: { '/api': { target: SERVER, changeOrigin: false } } },
});
