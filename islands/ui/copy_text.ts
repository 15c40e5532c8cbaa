/**
 * Taking a text elsewhere.
 *
 * @module
 */

/** Copies a text; false where the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // No clipboard at all without a secure context: then it is missing, which throws, too.
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
