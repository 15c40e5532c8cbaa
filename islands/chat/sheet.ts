/**
 * Style sheets that come with what they dress.
 *
 * @module
 */

/** Resolves when the sheet is in force; one that does not come keeps nothing from being used. */
export function loadSheet(href: string | null): Promise<void> {
  if (href === null || document.querySelector(`link[href="${CSS.escape(href)}"]`) !== null) {
    return Promise.resolve();
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  link.onload = link.onerror = () => resolve();
  document.head.append(link);
  return promise;
}
