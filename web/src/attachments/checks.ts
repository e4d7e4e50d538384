import { ApiProblem } from '../api/problem.ts';
import type { Policy } from './api.ts';

/** What is there already, or on its way. */
export interface Standing {
  files: number;
  bytes: number;
}

/** The limits for one place to put files: the server's, made narrower where the page asks for it. */
export interface Limits {
  maxFileSize: number;
  maxFiles: number;
  maxTotalSize: number;
  /** Lower case, without the dot. */
  extensions: string[];
}

/**
 * `acceptedFormats` as in an input's `accept`: `.pdf`, `image/png`, `image/*`. It can only leave types out,
 * never add one that the server does not take.
 */
export function limitsOf(policy: Policy, maxFileSize?: number, acceptedFormats?: string[]): Limits {
  return {
    maxFileSize: Math.min(policy.max_file_size, maxFileSize ?? Number.POSITIVE_INFINITY),
    maxFiles: policy.max_files_per_ticket,
    maxTotalSize: policy.max_total_size_per_ticket,
    extensions: policy.accepted
      .filter((type) => !acceptedFormats || acceptedFormats.some((format) => covers(format, type)))
      .map((type) => type.extension),
  };
}

function covers(format: string, type: { extension: string; mime_type: string }): boolean {
  const wanted = format.trim().toLowerCase();
  if (wanted.endsWith('/*')) return type.mime_type.startsWith(wanted.slice(0, -1));
  return wanted === type.mime_type || wanted.replace(/^\./, '') === type.extension;
}

/** The status of a refusal that no request was made for; 0 would be a lost line. */
const CHECKED_HERE = 400;

/** What the server would refuse for certain, before a byte is sent: with its codes. Null where it may go. */
export function check(
  file: { name: string; size: number },
  limits: Limits,
  standing: Standing,
): ApiProblem | null {
  const refuse = (code: string, facts: { limit?: number | string; actual?: number } = {}) =>
    new ApiProblem(code, CHECKED_HERE, { ...facts, fileName: file.name });
  if (!limits.extensions.includes(extensionOf(file.name))) {
    return refuse('type_not_allowed', { limit: limits.extensions.join(', ') });
  }
  if (file.size === 0) return refuse('file_empty');
  if (file.size > limits.maxFileSize) {
    return refuse('file_too_large', { limit: limits.maxFileSize, actual: file.size });
  }
  if (standing.files >= limits.maxFiles) {
    return refuse('ticket_files_exceeded', { limit: limits.maxFiles, actual: standing.files + 1 });
  }
  if (standing.bytes + file.size > limits.maxTotalSize) {
    return refuse('ticket_size_exceeded', { limit: limits.maxTotalSize, actual: standing.bytes + file.size });
  }
  return null;
}

/** Lower case, without the dot; empty where there is none. Endings that Windows drops do not count, as on the server. */
export function extensionOf(name: string): string {
  const seen = name.normalize('NFKC').replace(/[.\s]+$/u, '');
  const dot = seen.lastIndexOf('.');
  return dot > 0 ? seen.slice(dot + 1).toLowerCase() : '';
}

/** Whether one of these is just like the file, as far as can be told without reading it. */
export function isLikeOneOf(
  file: { name: string; size: number },
  others: readonly { name: string; size: number }[],
): boolean {
  const name = file.name.normalize();
  return others.some((other) => other.size === file.size && other.name.normalize() === name);
}
