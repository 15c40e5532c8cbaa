/**
 * `GET /api/rooms/<room>/messages`: answered by the edge from its rings.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import type { ProblemAnswer } from "../../platform/problem.ts";
import { fingerprintOf } from "../hls_viewers.ts";
import { parsePollQuery } from "../im/poll_answers.ts";
import { answerPoll, POLL_MALFORMED, pollRefusal } from "../im/poll_http.ts";
import type { ImRooms } from "../im/rooms.ts";
import { type Request, type Response, sendAnswer } from "./exchange.ts";

const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes);

/** Answers a GET or HEAD. */
export async function servePoll(
  exchange: {
    readonly request: Request;
    readonly response: Response;
    readonly method: string;
    readonly query: string;
    /** Of the client. */
    readonly address: () => string;
  },
  options: { readonly rooms: ImRooms; readonly room: string },
): Promise<void> {
  const { request, response, method, query, address } = exchange;
  const refuse = (refusal: ProblemAnswer) =>
    sendAnswer(response, method === "HEAD" ? { ...refusal, body: null } : refusal);
  const poll = parsePollQuery(query);
  if (poll === null) {
    refuse(POLL_MALFORMED);
    return;
  }
  const opened = options.rooms.opened(options.room) ?? await options.rooms.open(options.room);
  if (typeof opened === "string") {
    refuse(pollRefusal(opened));
    return;
  }
  const { headers } = request;
  const fingerprint = poll.kinds === null
    ? fingerprintOf(address(), headers["user-agent"] ?? "")
    : null;
  sendAnswer(
    response,
    answerPoll(opened.poll(poll, fingerprint), {
      method,
      ifNoneMatch: headers["if-none-match"],
      acceptEncoding: headers["accept-encoding"] as string | undefined,
      gzip,
    }),
  );
}
