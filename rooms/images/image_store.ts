/**
 * What the pictures ask of a store. Every driver keeps these guarantees, checked by
 * `tests/conformance/image_store_conformance.ts`:
 *
 * - an id is 32 hexadecimal digits that the store draws at random: two equal pictures are two, so
 *   that whoever removes one never removes somebody else's, and no address can be guessed;
 * - a picture never changes: it is there as it was put, or it is not there;
 * - whatever is no id is simply unknown.
 *
 * @module
 */

/** Limits of a store. */
export interface ImageStoreLimits {
  /** Default: 200,000. */
  readonly maxImages?: number;
  /** Default: 16 GiB. */
  readonly maxBytes?: number;
}

/** Pictures that were made; all are JPEG. */
export interface ImageStore {
  /** Pictures that are kept. */
  readonly count: number;
  /** Their bytes. */
  readonly bytes: number;
  /**
   * Keeps a picture; resolves after it would survive the death of the process.
   *
   * @throws {StoreFullError} when a limit would be passed.
   */
  put(jpeg: Uint8Array): Promise<string>;
  /** null when unknown. */
  get(id: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Does nothing when unknown. */
  delete(id: string): Promise<void>;
  /** Every picture in no order, with when it was put; one that comes or goes meanwhile may miss. */
  list(): AsyncIterable<{ readonly id: string; readonly atMs: number }>;
}

/** Opens the store of a data folder, made when missing. */
export type OpenImages = (dataDir: string) => Promise<ImageStore>;

/** Values where {@linkcode ImageStoreLimits} says nothing. */
export const DEFAULT_IMAGE_LIMITS = { maxImages: 200_000, maxBytes: 16 * 1024 ** 3 } as const;

/** Whether a text is an id, and so can be part of a path. */
export function isImageId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** A new id. */
export function randomImageId(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}
