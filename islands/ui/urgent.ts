/**
 * What has to happen before everything that can wait. One script of a page says so, and another
 * asks; they are parts of the same module graph.
 *
 * @module
 */

/** However long the urgent takes, the rest of the page comes alive after this time, milliseconds. */
const PATIENCE_MS = 1_500;

let held: Promise<void> = Promise.resolve();

/** Lets what can wait, wait until `over` resolves; a rejection counts as over. */
export function holdOthers(over: Promise<unknown>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, PATIENCE_MS));
  held = Promise.race([over.then(() => {}, () => {}), late]).finally(() => clearTimeout(timer));
}

/** Resolves when nothing urgent is under way. */
export function othersMayGo(): Promise<void> {
  return held;
}
