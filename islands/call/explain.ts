/**
 * Which sentence says what happened. Pure.
 *
 * @module
 */
import type { CallRefusal } from "../../rooms/calls/protocol.ts";
import { MESH_CAPACITY } from "../../rooms/calls/protocol.ts";
import type { CaptureFailure } from "../capture/failures.ts";
import type { callText } from "../i18n/call.ts";
import type { LocalState } from "./local_media.ts";

type Words = ReturnType<typeof callText>;

/** Why there is no camera or no microphone, and what to do; null: nothing is missing. */
export function deviceSentence(
  { cameraFailure: camera, microphoneFailure: microphone }: Pick<
    LocalState,
    "cameraFailure" | "microphoneFailure"
  >,
  text: Words,
): string | null {
  const either = camera ?? microphone;
  if (either === null) return null;
  if (camera === "insecure" || microphone === "insecure") return text.failureInsecure;
  if (either === "unsupported") return text.failureUnsupported;
  if (isSystem(camera) || isSystem(microphone)) return text.failureSystem;
  const refused = (failure: CaptureFailure | null) =>
    failure === "refused" || failure === "dismissed";
  if (refused(camera) && refused(microphone)) return text.failureBoth;
  if (camera === "missing" && microphone === "missing") return text.failureNothing;
  if (refused(camera)) return text.failureCamera;
  if (refused(microphone)) return text.failureMicrophone;
  if (camera === "missing") return text.failureNoCamera;
  if (microphone === "missing") return text.failureNoMicrophone;
  return camera !== null ? text.failureBusyCamera : text.failureBusyMicrophone;
}

function isSystem(failure: CaptureFailure | null): boolean {
  return failure === "refused_by_system";
}

/** Why a screen could not be shared. */
export function screenSentence(failure: CaptureFailure, text: Words): string {
  return failure === "unsupported" || failure === "insecure"
    ? text.failureNoScreen
    : text.failureScreen;
}

/** Why somebody is not let in. */
export function refusalSentence(
  { code, retryAfterS, capacity = MESH_CAPACITY }: {
    readonly code: CallRefusal;
    readonly retryAfterS: number | null;
    /** How many a full call takes. */
    readonly capacity?: number;
  },
  text: Words,
): string {
  switch (code) {
    case "bad_name":
      return text.refusedBadName;
    case "account_needed":
      return text.refusedAccount;
    case "password_needed":
      return text.refusedPasswordNeeded;
    case "wrong_password":
      return text.refusedPasswordWrong;
    case "invitation_needed":
      return text.refusedInvitationNeeded;
    case "invitation_invalid":
      return text.refusedInvitationInvalid;
    case "kicked":
      return text.refusedKicked;
    case "locked":
      return text.refusedLocked;
    case "full":
      return text.refusedFull(capacity);
    case "too_many_attempts":
      return text.refusedAttempts(retryAfterS ?? 30);
    case "too_many_calls":
      return text.refusedCalls;
    case "busy":
      return text.refusedBusy;
  }
}
