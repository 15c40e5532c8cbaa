/**
 * Links that lead to a field of the page: the browser scrolls there; with script the field gets the
 * focus as well.
 *
 * @module
 */

/** Follows a link whose `href` is `#<id>`. */
export function followFieldLink(event: MouseEvent): void {
  const link = event.currentTarget as HTMLAnchorElement;
  const target = document.getElementById(link.hash.slice(1));
  if (target === null) return;
  event.preventDefault();
  const field = target.matches("input, select, textarea, button")
    ? target
    : target.querySelector<HTMLElement>("button, input:not([hidden]), [tabindex]") ?? target;
  target.scrollIntoView({ block: "center", behavior: "smooth" });
  field.focus({ preventScroll: true });
}
