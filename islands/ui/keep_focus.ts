/**
 * The focus is never lost: when what has it goes away (a button that was needed once, a row that
 * is over), what stands around it gets it, so that the keyboard goes on from there.
 *
 * @module
 */

/** Watches over the focus of the whole page, from now on. */
export function keepFocus(): void {
  let held: Element | null = null;
  let around: readonly HTMLElement[] = [];
  const look = () => {
    if (held === null) return;
    // Whoever stepped out of something that is still there wanted to.
    if (held.isConnected) {
      if (document.activeElement === document.body) held = null;
      return;
    }
    held = null;
    if (document.activeElement === document.body) around.some(takesFocus);
  };
  document.addEventListener("focusin", ({ target }) => {
    held = target as Element;
    around = ancestorsOf(held);
  });
  // Somebody else may know a better heir: those who act at once come first.
  const lookLater = () => held !== null && setTimeout(look);
  document.addEventListener("focusout", lookLater);
  new MutationObserver(() => held?.isConnected === false && lookLater())
    .observe(document.body, { childList: true, subtree: true });
}

function ancestorsOf(element: Element): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let one = element.parentElement; one !== null; one = one.parentElement) found.push(one);
  return found;
}

/** Whether the element could be given the focus; a dialog passes it on to its first control. */
function takesFocus(element: HTMLElement): boolean {
  const heir = element.localName === "dialog"
    ? element.querySelector<HTMLElement>("button, a[href], input")
    : element.matches("[tabindex]")
    ? element
    : null;
  heir?.focus({ preventScroll: true });
  return heir !== null && document.activeElement === heir;
}
