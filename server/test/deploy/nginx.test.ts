import { beforeAll, describe, expect, test } from 'vitest';
import { SILENCE_SECONDS } from '../../src/http/body-bounds.ts';
import { HEARTBEAT } from '../../src/http/event-stream.ts';
import { at, documentsIn, shippedNginx, textOf } from '../support/deployment.ts';
import { freePort } from '../support/free-port.ts';
import { checkNginx, withNginx } from '../support/nginx.ts';

describe.runIf(withNginx)('deploy/nginx.conf', () => {
  let conf: string;
  beforeAll(async () => {
    conf = shippedNginx(await freePort(), ['127.0.0.1:3001', '127.0.0.1:3002']);
  });

  test('is one that nginx takes', async () => {
    expect(await checkNginx(conf)).toContain('test is successful');
    await expect(checkNginx(conf.replace('proxy_pass', 'proxy_past'))).rejects.toThrow(/proxy_past/);
  });
});

test('it leads to the two Dockets of Compose, by their port', () => {
  const [compose] = documentsIn('docker-compose.yml');
  const led = [...textOf('deploy/nginx.conf').matchAll(/^ {2}server ([\w-]+):3000 /gm)].map(
    ([, name]) => name,
  );
  expect(Object.keys(Object(at(compose, 'services', 'proxy', 'depends_on')))).toEqual(led);
});

test('it sets whatever docs/troubleshooting.md says', () => {
  const [, block = ''] = /```nginx\n(.*?)```/s.exec(textOf('docs/troubleshooting.md')) ?? [];
  const told = block.split('\n').filter((line) => /^ +(client|proxy)_(?!pass )/.test(line));
  expect(told.length).toBeGreaterThan(8);
  expect(textOf('deploy/nginx.conf').split('\n')).toEqual(expect.arrayContaining(told));
});

test('it waits longer than Docket is silent, and Kubernetes waits as long', () => {
  const conf = textOf('deploy/nginx.conf');
  const seconds = (setting: string) => Number(new RegExp(`${setting} (\\d+)s;`).exec(conf)?.[1]);
  expect(seconds('proxy_read_timeout') * 1000).toBeGreaterThan(2 * HEARTBEAT);
  expect(seconds('client_body_timeout')).toBeGreaterThan(SILENCE_SECONDS);
  const [ingress] = documentsIn('deploy/kubernetes/ingress.yaml');
  for (const setting of ['proxy-connect-timeout', 'proxy-read-timeout', 'proxy-send-timeout']) {
    const told = at(ingress, 'metadata', 'annotations', `nginx.ingress.kubernetes.io/${setting}`);
    expect([setting, Number(told)]).toEqual([setting, seconds(setting.replaceAll('-', '_'))]);
  }
});
