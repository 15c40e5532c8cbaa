/**
 * Doing something again and again.
 *
 * @module
 */

/** Never twice at once; `onFailure` is called once until it works again. */
export function every(
  ms: number,
  work: () => Promise<unknown>,
  onFailure: (error: Error) => void,
): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  let failed = false;
  const turn = async () => {
    try {
      await work();
      failed = false;
    } catch (error) {
      if (!failed) onFailure(error as Error);
      failed = true;
    } finally {
      running = null;
    }
  };
  const timer = setInterval(() => running ??= turn(), ms);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
