import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../src/http/app.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the web app', () => {
  let desk: TestDesk;
  let app: Awaited<ReturnType<typeof buildApp>>;
  let dist: string;
  let url: string;
  const log: string[] = [];

  beforeAll(async () => {
    dist = await mkdtemp(join(tmpdir(), 'docket-dist-'));
    await mkdir(join(dist, 'assets'));
    await writeFile(join(dist, 'index.html'), '<!doctype html><title>Docket</title>');
    await writeFile(join(dist, 'assets', 'app-1234.js'), 'export {};');
    await writeFile(join(dist, 'assets', 'app-1234.js.gz'), 'packed');
    await writeFile(join(dist, '.stamp'), 'abc');
    desk = await openTestDesk();
    app = await buildApp(
      desk.services,
      pino({ level: 'info' }, { write: (line) => void log.push(line) }),
      dist,
    );
    url = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    await app.close();
    await desk.close();
    await rm(dist, { recursive: true });
  });

  it.each(['/', '/tickets', '/tickets/1?view=mine', '/setup?token=x', '/no-such.page'])(
    'answers a navigation to %s with its page, under a strict policy',
    async (path) => {
      const answer = await fetch(url + path, { headers: HTML });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('<title>Docket</title>');
      const policy = answer.headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(answer.headers.get('referrer-policy')).toBe('same-origin');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('has hashed files kept for ever, and sends them packed to whoever takes that', async () => {
    const answer = await fetch(`${url}/assets/app-1234.js`, { headers: { 'accept-encoding': 'identity' } });
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
    const packed = await fetch(`${url}/assets/app-1234.js`, {
      method: 'HEAD',
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(packed.headers.get('vary')).toBe('accept-encoding');
  });

  it.each([
    ['a missing asset', '/assets/gone.js', HTML],
    ['what a page asks for and is not there', '/gone.svg', {}],
    ['the stamp of the build', '/.stamp', {}],
    ['an unknown address of the API, to a browser as well', '/api/v1/gone', HTML],
    ['what lies outside of it', '/..%2f..%2fetc/passwd', {}],
  ])('has nothing for %s', async (_what, path, headers) => {
    const answer = await fetch(url + path, { headers });
    expect([403, 404]).toContain(answer.status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('keeps the tokens of links out of the log', async () => {
    await fetch(`${url}/reset-password?token=geheim`, { headers: HTML });
    await fetch(`${url}/setup?token=geheim&token=geheim`, { headers: HTML });
    await fetch(`${url}/api/v1/me`);
    expect(log.join('')).toContain('/api/v1/me');
    expect(log.join('')).not.toContain('geheim');
  });
});
