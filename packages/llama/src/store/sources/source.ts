import type { PartFile } from '../part.ts';

/** The model that is wanted. */
export interface Wanted {
  readonly name: string;
  /** Bytes; undefined when the source is to say. */
  readonly size: number | undefined;
  /** In hexadecimal; undefined when the source is to say, or no one knows. */
  readonly sha256: string | undefined;
}

/** What a source may use while it delivers. */
export interface Job {
  readonly wanted: Wanted;
  readonly signal: AbortSignal | undefined;
  /** A folder of the source's own, made when needed; removed after the pull. On the disk where the model goes. */
  readonly scratch: string;
  /** Tells the size and checksum that the source itself states; they hold where `wanted` has none. */
  learn(stated: { readonly size?: number; readonly sha256?: string }): void;
  /** Bytes so far of total, in the source's own measure (packed or not). */
  count(bytes: number, total: number): void;
}

/** A place where models come from. */
export interface Source {
  /** As people would write it; a partial file belongs to the source of this id. */
  readonly id: string;
  /** Bytes that it needs on the disk besides the model's own. */
  readonly extraBytes: number;
  /**
   * Appends the model's bytes to `part`, after those that an earlier delivery of the same source left there. Resolves
   * when all are there; the caller checks sum, size and header. Rejects with the reason, one line, why it cannot.
   */
  deliver(part: PartFile, job: Job): Promise<void>;
}
