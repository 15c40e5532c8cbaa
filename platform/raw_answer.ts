/**
 * Answers on sockets that no response object belongs to.
 *
 * @module
 */
import type { Socket } from "node:net";
import { problem, type ProblemAnswer } from "./problem.ts";

/** Refuses an upgrade, or a connection: a problem answer, then the end of the connection. */
export function refuseUpgrade(
  socket: Socket,
  refusal: ProblemAnswer | { readonly status: number; readonly title: string },
): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.on("error", () => socket.destroy());
  socket.end(rawAnswer("body" in refusal ? refusal : problem(refusal)), () => socket.destroy());
}

/** The answer as bytes of HTTP/1.1. */
export function rawAnswer(answer: ProblemAnswer): string {
  const length = new TextEncoder().encode(answer.body).byteLength;
  let head = `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? "Error"}\r\n`;
  for (const [name, value] of Object.entries(answer.headers)) head += `${name}: ${value}\r\n`;
  return `${head}content-length: ${length}\r\nconnection: close\r\n\r\n${answer.body}`;
}

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  502: "Bad Gateway",
  503: "Service Unavailable",
};
