import { type Coverage, EICAR_SHA256, limitsFor, probe, ScannerUnavailable } from './attachments/index.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { clamavOf, virusTotalOf } from './scanner.ts';

/** One thing that was looked at, as `docket doctor` shows it. */
export interface Check {
  name: string;
  state: 'ok' | 'warning' | 'problem';
  /** How it is. */
  found: string;
  /** What to do; where nothing is to be done, undefined. */
  advice?: string;
}

const DAY = 24 * 60 * 60 * 1000;
/** In days: signatures come several times a day. */
const OLD = 2;

type ScannerSettings = Pick<Config, 'scanner' | 'maxFileSize'>;

/** Whether files are scanned, as far as they go, and by signatures of these days. */
export async function checkScanner(config: ScannerSettings, signal: AbortSignal): Promise<Check[]> {
  const { scanner } = config;
  if (scanner.kind === 'none') return [unscanned(scanner.unusedKey)];
  return [...(await checkClamav(config, signal)), ...(await checkVirusTotal(config, signal))];
}

/** Says once, to whoever reads the log of a server that begins, what is wrong with its scanner. */
export async function warnOfScanner(config: ScannerSettings, log: Log, signal: AbortSignal): Promise<void> {
  const { scanner } = config;
  const idle = scanner.kind === 'none' && scanner.unusedKey ? [unscanned(true)] : [];
  const checks = [...idle, ...(await checkClamav(config, signal))].filter(({ state }) => state !== 'ok');
  if (checks.length === 0) return;
  log.warn({ checks }, checks.map(({ found, advice }) => [found, advice].join(' ').trim()).join(' '));
}

async function checkClamav(config: ScannerSettings, signal: AbortSignal): Promise<Check[]> {
  const clamav = clamavOf(config);
  if (!clamav) return [];
  try {
    const engine = await clamav.engine();
    const found = [engine.name, engine.version, engine.signatures].filter(Boolean).join(' ');
    return [
      { name: 'scanner', state: 'ok', found },
      ageOf(engine.signaturesAt, new Date()),
      limitsIn(await probe(clamav, config.maxFileSize, signal), config.maxFileSize),
    ];
  } catch (error) {
    if (!(error instanceof ScannerUnavailable)) throw error;
    const advice =
      'Start clamd, or correct CLAMD_SOCKET, CLAMD_HOST and CLAMD_PORT. Files wait until it answers.';
    return [{ name: 'scanner', state: 'problem', found: `${error.message}.`, advice }];
  }
}

function unscanned(unusedKey: boolean): Check {
  const found = 'Files are not scanned.';
  if (!unusedKey)
    return {
      name: 'scanner',
      state: 'warning',
      found,
      advice: 'Set CLAMD_SOCKET: docs/operating.md, Scanning.',
    };
  const advice =
    'VIRUSTOTAL_API_KEY alone turns nothing on. Set CLAMD_SOCKET too, or DOCKET_SCANNER=virustotal, which holds every file that VirusTotal does not know.';
  return { name: 'scanner', state: 'warning', found, advice };
}

/** How old the signatures are. */
export function ageOf(at: Date | null, now: Date): Check {
  const name = 'signatures';
  const advice = 'Let freshclam run beside clamd: docs/security.md, Setting up clamd.';
  if (!at)
    return { name, state: 'warning', found: 'clamd tells no date: they are not the official ones.', advice };
  const age = (now.getTime() - at.getTime()) / DAY;
  const days = Math.floor(age);
  const found = days < 1 ? 'Of today.' : `${days} ${days === 1 ? 'day' : 'days'} old.`;
  return age > OLD ? { name, state: 'warning', found, advice } : { name, state: 'ok', found };
}

function limitsIn(coverage: Coverage, maxFileSize: number): Check {
  const name = 'scanner limits';
  const clamdConf = (lines: string[]) => `Write in clamd.conf, and start clamd again: ${lines.join(', ')}.`;
  switch (coverage.answer) {
    case 'covers':
      return { name, state: 'ok', found: `Files of ${maxFileSize} bytes are looked through.` };
    case 'too_small': {
      const found = coverage.silently
        ? 'Files that we accept pass as clean although clamd does not look through them.'
        : 'Files that we accept are larger than clamd looks: they will be held.';
      return { name, state: 'problem', found, advice: clamdConf(coverage.set) };
    }
    case 'unknown':
      return {
        ...{ name, state: 'warning', found: `It cannot be told: ${coverage.reason}` },
        advice: clamdConf(limitsFor(maxFileSize)),
      };
  }
}

async function checkVirusTotal(config: Pick<Config, 'scanner'>, signal: AbortSignal): Promise<Check[]> {
  const virusTotal = virusTotalOf(config);
  if (!virusTotal) return [];
  const name = 'virustotal';
  const nothing = async () => {
    throw new Error('VirusTotal is asked for a hash');
  };
  try {
    await virusTotal.scan({ size: 0, sha256: EICAR_SHA256, read: nothing }, signal);
    return [{ name, state: 'ok', found: 'It answers.' }];
  } catch (error) {
    if (!(error instanceof ScannerUnavailable)) throw error;
    const state = config.scanner.kind === 'virustotal' ? 'problem' : 'warning';
    return [{ name, state, found: `${error.message}.`, advice: 'Look at VIRUSTOTAL_API_KEY and its quota.' }];
  }
}
