/**
 * Bounds of what is looked through by a search.
 *
 * @module
 */

/** Records that one script reads: it keeps Redis from other work for about three milliseconds. */
export const PAGE = 500;
/** Records that a search looks through, the newest ones; a total does not count beyond them. */
export const SCAN_LIMIT = 100_000;
