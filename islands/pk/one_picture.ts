/**
 * Whether a viewer wants both pictures of a battle as one stream: by choice, else where a device or
 * its network is weak.
 *
 * @module
 */

const KEY = "wanren.battle";
/** As many cores, or gigabytes, are few. */
const FEW = 2;

interface Device {
  readonly hardwareConcurrency?: number;
  readonly deviceMemory?: number;
  readonly connection?: { readonly saveData?: boolean };
}

/** What somebody gets who chose nothing. */
export function isWeak({ hardwareConcurrency, deviceMemory, connection }: Device): boolean {
  return (hardwareConcurrency ?? Infinity) <= FEW || (deviceMemory ?? Infinity) <= FEW ||
    connection?.saveData === true;
}

/** The choice on this device. */
export function wantsOnePicture(): boolean {
  try {
    const chosen = localStorage.getItem(KEY);
    if (chosen !== null) return chosen === "one";
  } catch {
    // Nothing is remembered where storage is forbidden.
  }
  return isWeak(navigator);
}

/** Remembers the choice. */
export function rememberOnePicture(one: boolean): void {
  try {
    localStorage.setItem(KEY, one ? "one" : "two");
  } catch {
    // It holds for this page.
  }
}
