/**
 * The focus is never lost: what takes the place of something that went away inherits it.
 *
 * @module
 */
import { useLayoutEffect } from "preact/hooks";

/** Moves the focus to the panel that shows what matters now. */
export function focusPanel(): void {
  document.getElementById("studio-panel")?.focus({ preventScroll: true });
}

/** When the component goes away with the focus inside of `selector`, the panel gets it. */
export function useHeir(selector: string): void {
  // A passive effect would end after the element is gone, and the focus with it.
  useLayoutEffect(() => () => {
    const { activeElement } = document;
    if (activeElement === null || activeElement.closest(selector) === null) return;
    setTimeout(() => {
      if (document.activeElement === document.body) focusPanel();
    });
  }, []);
}
