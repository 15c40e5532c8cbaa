/**
 * Addresses of our own as pages use them.
 *
 * @module
 */

/** Of an absolute address of the API the path: the page may stand under another name. */
export function pathOf(address: string | null): string | null {
  return address === null ? null : URL.parse(address)?.pathname ?? null;
}
