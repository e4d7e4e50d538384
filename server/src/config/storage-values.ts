import { Mistake } from './values.ts';

/** The address of an S3 server: a path would be taken for a bucket. */
export function endpoint(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search) return url.origin;
  throw new Mistake('write the address of the server without a path, such as https://s3.example.org');
}

const FOLDERS = /^([A-Za-z0-9_-][A-Za-z0-9._-]{0,63}\/){0,4}$/;

/** Folders of a bucket, with a slash at the end. */
export function keyPrefix(text: string): string {
  const prefix = text === '' || text.endsWith('/') ? text : `${text}/`;
  if (FOLDERS.test(prefix)) return prefix;
  throw new Mistake('write letters, digits, dots, dashes and slashes, such as docket/');
}

/** As Amazon names them, and others that take more. */
export function bucket(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/.test(text)) return text;
  throw new Mistake('write the name of a bucket, such as docket-files');
}

/** 32 bytes in base64, with or without its padding. */
export function sealingSecret(text: string): Buffer {
  const secret = Buffer.from(text, 'base64');
  const isWhole = /^[A-Za-z0-9+/]{43}=?$/.test(text.trim()) && secret.length === 32;
  if (isWhole) return secret;
  throw new Mistake('write 32 bytes in base64, as `openssl rand -base64 32` makes them');
}

export function sealingSecrets(text: string): Buffer[] {
  return text === '' ? [] : text.split(',').map((each) => sealingSecret(each.trim()));
}
