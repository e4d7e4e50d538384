/** Reads the header back as RFC 6266 and RFC 8187 say, sharing nothing with the code that wrote it. */
export function parseContentDisposition(header: string) {
  const quotedOrToken =
    /^(attachment|inline); filename=("(?:[^"\\]|\\.)*"|[!#$%&'*+.^_`|~0-9A-Za-z-]+); filename\*=UTF-8''((?:[!#$&+.^_`|~0-9A-Za-z-]|%[0-9A-F]{2})*)$/;
  const match = quotedOrToken.exec(header);
  if (!match) throw new Error(`not a header that RFC 6266 allows: ${header}`);
  const [, type, plain = '', extended = ''] = match;
  const bytes = extended
    .match(/%..|./g)
    ?.map((part) => (part.length === 3 ? Number.parseInt(part.slice(1), 16) : part.charCodeAt(0)));
  return {
    type,
    plain: plain.startsWith('"') ? plain.slice(1, -1).replace(/\\(.)/g, '$1') : plain,
    extended: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes ?? [])),
  };
}
