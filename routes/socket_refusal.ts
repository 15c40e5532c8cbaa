/**
 * The answer to an upgrade that is refused: an HTTP problem on the raw connection, which then ends.
 *
 * @module
 */
import type { Socket } from "node:net";
import { STATUS_CODES } from "node:http";
import { problem } from "../platform/problem.ts";

/** Refuses an upgrade. */
export function refuseSocket(socket: Socket, what: Parameters<typeof problem>[0]): void {
  const { body, headers, status } = problem(what);
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const length = new TextEncoder().encode(body).byteLength;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${head}` +
      `content-length: ${length}\r\nconnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
