/**
 * Why a camera, a microphone or a screen could not be had: a closed catalogue, so that every page
 * has a sentence for each.
 *
 * @module
 */

/**
 * - `insecure`: the page came over plain HTTP, where browsers give no device;
 * - `unsupported`: the browser has no such thing (phones share no screen);
 * - `refused`: the reader, or a setting of the browser, said no to this site;
 * - `refused_by_system`: the operating system keeps the browser off;
 * - `dismissed`: the question was put away without an answer; asking again is possible;
 * - `missing`: there is no such device;
 * - `busy`: another program has it, or it does not work;
 * - `unable`: it cannot do what was asked of it;
 * - `failed`: anything else.
 */
export type CaptureFailure =
  | "insecure"
  | "unsupported"
  | "refused"
  | "refused_by_system"
  | "dismissed"
  | "missing"
  | "busy"
  | "unable"
  | "failed";

/** Reads what `getUserMedia` or `getDisplayMedia` threw (Media Capture and Streams §10.2). */
export function captureFailure(error: unknown): CaptureFailure {
  if (!(error instanceof Error)) return "failed";
  switch (error.name) {
    case "NotAllowedError":
      // Only the text tells these three apart.
      if (/system/i.test(error.message)) return "refused_by_system";
      return /dismissed/i.test(error.message) ? "dismissed" : "refused";
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "DevicesNotFoundError":
      return "missing";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "busy";
    case "OverconstrainedError":
      return "unable";
    case "NotSupportedError":
      return "unsupported";
    default:
      return "failed";
  }
}

/** What a page can capture at all, before anything is asked for. */
export type CaptureSupport = "ok" | "insecure" | "unsupported";

/** The part of a window that tells. */
export interface CaptureScope {
  readonly isSecureContext: boolean;
  readonly navigator: { readonly mediaDevices?: Pick<MediaDevices, "getUserMedia"> | undefined };
}

/** Whether this page may ask for devices, and why not. */
export function captureSupport(scope: CaptureScope): CaptureSupport {
  if (scope.navigator.mediaDevices?.getUserMedia !== undefined) return "ok";
  return scope.isSecureContext ? "unsupported" : "insecure";
}

/**
 * Where the same page is a secure context: `https:` at the same host, or null when it is one
 * already.
 */
export function secureAddress(href: string): string | null {
  const url = URL.parse(href);
  if (url === null || url.protocol !== "http:") return null;
  url.protocol = "https:";
  return url.href;
}
