/**
 * Reads a body that may go on for hours, and stops when it is told to. An abort of the signal that
 * `fetch` was given is not enough: in Deno 2.9 it no longer reaches the body once the garbage
 * collector has been there.
 *
 * @module
 */

/**
 * The chunks of a body until it ends.
 *
 * @throws the reason of the signal that was aborted; the body is cancelled then.
 */
export async function* abortableBody(
  body: ReadableStream<Uint8Array>,
  signals: readonly AbortSignal[],
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  const listening = new AbortController();
  const aborted = () => signals.find((signal) => signal.aborted);
  const stop = () => void reader.cancel(aborted()?.reason).catch(() => {});
  for (const signal of signals) {
    signal.addEventListener("abort", stop, { once: true, signal: listening.signal });
  }
  try {
    while (true) {
      aborted()?.throwIfAborted();
      const { done, value } = await reader.read();
      aborted()?.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    listening.abort();
    await reader.cancel().catch(() => {});
  }
}
