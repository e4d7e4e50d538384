import type { Readable } from 'node:stream';

/** What a scanner is given: bytes that it reads once at most. Never a file's name. */
export interface Scannable {
  size: number;
  /** In hexadecimal. */
  sha256: string;
  read(): Promise<Readable>;
}

export type Finding =
  | { verdict: 'clean' }
  | { verdict: 'infected'; signature: string }
  /** Beyond what the scanner can look into: the reason is a short English phrase. */
  | { verdict: 'unscannable'; reason: string };

/** Who looked: for the ledger. */
export interface Engine {
  name: string;
  version: string;
  /** The version of its signatures; '' where it has none. */
  signatures: string;
  signaturesAt: Date | null;
}

export interface Scan {
  finding: Finding;
  engine: Engine;
  /** How many it looked at. */
  bytes: number;
}

/** Looks into files. In doubt it throws: clean is only what it said is clean. */
export interface Scanner {
  readonly name: 'clamav' | 'virustotal' | 'clamav+virustotal';
  /**
   * Throws `ScannerUnavailable` when nobody looked, which is no attempt, and `ScanFailed` when a scanner that answers
   * failed at this file. An error of `file.read()` or of its stream passes through as it is, and so does the reason
   * of `signal`, which ends the scan at once.
   */
  scan(file: Scannable, signal: AbortSignal): Promise<Scan>;
  /** Throws `ScannerUnavailable`. */
  engine(): Promise<Engine>;
}

/** Nobody looked: the scanner cannot be reached, or it does not answer. */
export class ScannerUnavailable extends Error {
  override readonly name = 'ScannerUnavailable';
}

/** A scanner that answers failed at this file; the message is a short phrase for people. */
export class ScanFailed extends Error {
  override readonly name = 'ScanFailed';
}
