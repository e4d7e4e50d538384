import { VARIABLES } from './variables.ts';

/** What looks for malware. */
export type ScannerConfig =
  /** Somebody set a key of VirusTotal without saying that it is to be used alone: worth a word. */
  | { kind: 'none'; unusedKey: boolean }
  | {
      kind: 'clamav';
      address: { path: string } | { host: string; port: number };
      /** Whether VirusTotal is asked too. */
      virusTotalKey: string | undefined;
    }
  | { kind: 'virustotal'; virusTotalKey: string };

export interface ScannerSettings {
  scanner: ScannerConfig['kind'] | undefined;
  clamdSocket: string | undefined;
  clamdHost: string | undefined;
  clamdPort: number;
  /** Somebody has set the port. */
  hasPort: boolean;
  virusTotalKey: string | undefined;
}

/** clamd wherever it is told where, unless told otherwise; VirusTotal alone only in so many words. */
export function chosenScanner(set: ScannerSettings): ScannerConfig {
  const { clamdSocket, clamdHost, clamdPort, virusTotalKey } = set;
  const kind = set.scanner ?? (clamdSocket || clamdHost ? 'clamav' : 'none');
  if (kind === 'virustotal') return { kind, virusTotalKey: virusTotalKey ?? '' };
  if (kind === 'none') return { kind, unusedKey: !set.scanner && virusTotalKey !== undefined };
  const address = clamdHost ? { host: clamdHost, port: clamdPort } : { path: clamdSocket ?? '' };
  return { kind, address, virusTotalKey };
}

/** What contradicts itself, a line each. */
export function contradictions(set: ScannerSettings): string[] {
  const { scanner, clamdSocket, clamdHost, virusTotalKey } = set;
  const names = VARIABLES;
  const wrong: [boolean, string][] = [
    [
      Boolean(clamdSocket && clamdHost),
      `${names.clamdSocket.name} and ${names.clamdHost.name} are both set: take one of them away.`,
    ],
    [
      scanner === 'clamav' && !clamdSocket && !clamdHost,
      `${names.clamdSocket.name} is not set: write it too, or ${names.clamdHost.name}, or take ${names.scanner.name} away.`,
    ],
    [
      set.hasPort && !clamdHost,
      `${names.clamdHost.name} is not set: write it too, or take ${names.clamdPort.name} away.`,
    ],
    [
      scanner === 'virustotal' && !virusTotalKey,
      `${names.virusTotalKey.name} is not set: write it too, or take ${names.scanner.name} away.`,
    ],
    [
      scanner === 'virustotal' && Boolean(clamdSocket || clamdHost),
      `${names.scanner.name} is "virustotal", and ${clamdSocket ? names.clamdSocket.name : names.clamdHost.name} is set: write "clamav", which asks VirusTotal too, or take the other away.`,
    ],
  ];
  return wrong.flatMap(([is, line]) => (is ? [line] : []));
}
