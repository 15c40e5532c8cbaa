/**
 * What is said on the wire when something is refused or ends: the one place where typed errors
 * and close reasons become RTMP status codes.
 *
 * @module
 */
import {
  MalformedMediaError,
  type PublishRefusal,
  PublishRefusedError,
  UnsupportedMediaError,
} from "../../errors.ts";
import type { SessionCloseReason } from "./contract.ts";

/** The information object of `onStatus` and `_error` (RTMP 1.0 §7.2.2). */
export interface StatusInfo {
  readonly level: "status" | "warning" | "error";
  readonly code: string;
  readonly description: string;
}

/** A refusal or failure: how the session ends and what the peer is told. */
export interface Failure {
  readonly reason: SessionCloseReason;
  /** More words for the log, such as the kind of refusal. */
  readonly detail: string;
  readonly status: StatusInfo;
  /** No error of the catalogue: a defect on this side. */
  readonly unexpected?: true;
}

const REFUSAL_CODE: Readonly<Record<PublishRefusal, string>> = {
  wrong_key: "NetStream.Publish.Denied",
  unknown_room: "NetStream.Publish.BadName",
  unsupported_codec: "NetStream.Publish.Denied",
  suspended: "NetStream.Publish.Denied",
  ended: "NetStream.Publish.Denied",
  too_many_streams: "NetStream.Publish.Denied",
  unavailable: "NetStream.Publish.Denied",
};

/** What a publisher is told when its session is ended from this side. */
const CLOSE_STATUS: Readonly<Partial<Record<SessionCloseReason, StatusInfo>>> = {
  taken_over: error("NetStream.Publish.BadName", "Another encoder took over with the same key"),
  malformed: error("NetStream.Publish.Denied", "The stream breaks its format or its clock"),
  timeout: error("NetStream.Publish.Denied", "Nothing was received for too long"),
  key_rotated: error("NetStream.Publish.Denied", "The publish key was replaced"),
  cut_off: error("NetStream.Publish.Denied", "The stream was cut off by an administrator"),
  ended: error("NetStream.Publish.Denied", "The broadcaster ended the stream"),
  suspended: error("NetStream.Publish.Denied", "The room is suspended"),
  draining: error("NetConnection.Connect.Closed", "The server is restarting; connect again"),
};

/** Status for a close reason, or null when there is nothing to say. */
export function closeStatus(reason: SessionCloseReason): StatusInfo | null {
  return CLOSE_STATUS[reason] ?? null;
}

/** Turns whatever a publish attempt or a media message threw into an answer. */
export function publishFailure(cause: unknown): Failure {
  if (cause instanceof PublishRefusedError) {
    return {
      reason: cause.reason === "unsupported_codec" ? "unsupported_codec" : "refused",
      detail: cause.reason,
      status: error(REFUSAL_CODE[cause.reason], cause.message),
    };
  }
  if (cause instanceof UnsupportedMediaError) {
    return {
      reason: "unsupported_codec",
      detail: cause.message,
      status: error("NetStream.Publish.Denied", cause.message),
    };
  }
  if (cause instanceof MalformedMediaError) {
    return {
      reason: "malformed",
      detail: cause.message,
      status: error("NetStream.Publish.Denied", cause.message),
    };
  }
  return {
    reason: "refused",
    detail: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
    status: error("NetStream.Publish.Denied", "Cannot publish: an internal error was logged"),
    unexpected: true,
  };
}

function error(code: string, description: string): StatusInfo {
  return { level: "error", code, description };
}
