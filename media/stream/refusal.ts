/**
 * What is answered over HTTP when a form of a stream cannot be had.
 *
 * @module
 */
import { problem, type ProblemAnswer } from "../../platform/problem.ts";
import type { RenditionRefusal, RenditionRefusedError } from "../errors.ts";

const TITLES: Readonly<Record<RenditionRefusal, string>> = {
  ffmpeg_missing: "ffmpeg is missing on this machine",
  too_many_renditions: "Too many streams are being encoded anew",
  rendition_failed: "The stream could not be encoded anew",
};
const RETRY_AFTER_S: Readonly<Record<RenditionRefusal, number>> = {
  ffmpeg_missing: 60,
  too_many_renditions: 10,
  rendition_failed: 30,
};

/** A 503 whose `code` is the reason. */
export function refusalProblem({ reason, message }: RenditionRefusedError): ProblemAnswer {
  return problem({
    status: 503,
    title: TITLES[reason],
    detail: message,
    members: { code: reason },
    headers: { "retry-after": String(RETRY_AFTER_S[reason]) },
  });
}
