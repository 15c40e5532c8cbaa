/**
 * Class attributes out of conditions.
 *
 * @module
 */

/** The texts among `parts` with spaces between; undefined when there is none. */
export function classNames(...parts: readonly (string | false | null | undefined)[]) {
  return parts.filter(Boolean).join(" ") || undefined;
}
