import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { LlamboError } from '../errors.ts';

/** Bytes of a file at most: far more than any context holds. */
const MOST = 4 * 1024 * 1024;

export interface Attachment {
  readonly name: string;
  readonly text: string;
}

/** @throws LlamboError when it is no text file that could be asked about */
export function readAttachment(path: string): Attachment {
  let text: string;
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw new Error('is a folder');
    if (stats.size > MOST) throw new Error(`has ${stats.size} bytes, ${MOST} are the most`);
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const why = error instanceof TypeError ? 'is no UTF-8 text' : (error as Error).message;
    throw new LlamboError('bad-request', `${path}: ${why}`);
  }
  if (text.includes('\0')) throw new LlamboError('bad-request', `${path}: is no text`);
  return { name: basename(path), text };
}

/** A question with what it is about in front of it. */
export function withAttachments(question: string, attachments: readonly Attachment[]): string {
  const parts = attachments.map(({ name, text }) => {
    // A fence that is longer than any in the text.
    const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
    const fence = '`'.repeat(longest + 1);
    return `${name}:\n${fence}\n${text.replace(/\n$/, '')}\n${fence}`;
  });
  return [...parts, question].filter(Boolean).join('\n\n');
}
