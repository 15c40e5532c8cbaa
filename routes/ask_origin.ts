/**
 * How `web` asks an origin: with the cluster's secret, and for no longer answer than expected.
 *
 * @module
 */

/** Sends a request; a redirect is an error. */
export function askOrigin(
  url: string,
  { clusterSecret, method, body, signal }: {
    readonly clusterSecret: string;
    readonly method: string;
    /** JSON. */
    readonly body?: string;
    readonly signal: AbortSignal;
  },
): Promise<Response> {
  return fetch(url, {
    method,
    ...(body !== undefined && { body }),
    redirect: "error",
    headers: {
      authorization: `Bearer ${clusterSecret}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    signal,
  });
}

/** @throws {RangeError} when the answer is longer. */
export async function boundedText(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new RangeError(`Cannot read the answer: above ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
