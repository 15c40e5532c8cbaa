/**
 * Waiting for states instead of for time.
 *
 * @module
 */

/** How long {@linkcode waitFor} waits. */
export interface WaitOptions {
  /** Generous on purpose: a slow machine is not a defect. Default 20,000. */
  readonly deadlineMs?: number;
  readonly everyMs?: number;
}

/**
 * Calls `look` until it gives something other than null, undefined or false, and returns that.
 * An error that `look` throws counts as "not yet" and is told when the deadline passes.
 */
export async function waitFor<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  options: WaitOptions = {},
): Promise<T> {
  const deadline = Date.now() + (options.deadlineMs ?? 20_000);
  let last: unknown;
  while (true) {
    try {
      const found = await look();
      if (found !== null && found !== undefined && found !== false) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`Cannot see ${what}: the deadline passed`, { cause: last });
    }
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 50));
  }
}

/** Resolves after the given time; for pacing only, never to wait for a state. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
