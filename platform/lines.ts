/**
 * Lines of a byte stream.
 *
 * @module
 */

/** Longest line in characters; what exceeds it is cut off. */
const MAX_LINE = 65_536;

/**
 * Yields the lines of a UTF-8 stream without their ends; the last one may lack its end. A line that
 * is longer than 65,536 characters loses its rest.
 */
export async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop()!.slice(0, MAX_LINE);
    for (const part of parts) yield part.slice(0, MAX_LINE).replace(/\r$/, "");
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
