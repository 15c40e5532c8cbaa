/**
 * Uploads a picture with its progress, which `fetch` does not tell, and says in words what went
 * wrong.
 *
 * @module
 */
import type { Locale } from "../i18n/mod.ts";
import { imageText } from "../i18n/image.ts";
import { FileError, type ImageShape, LEAST } from "./image_file.ts";
import type { SquareView } from "./image_view.ts";

/** The server refused a picture. */
export class ImageAnswerError extends Error {
  override readonly name = "ImageAnswerError";
  /** HTTP status. */
  readonly status: number;
  /** `code` of the problem document; empty when there was none. */
  readonly code: string;

  constructor(status: number, code: string) {
    super(`Cannot upload the picture: status ${status}, code ${code}`);
    this.status = status;
    this.code = code;
  }
}

/** How a picture is sent. */
export interface SendOptions {
  readonly crop: SquareView | null;
  /** Told the part that was sent, 0 to 1. */
  readonly onProgress: (part: number) => void;
  readonly signal: AbortSignal;
}

/** Without an answer for so long an upload has failed, milliseconds. */
const TIMEOUT_MS = 60_000;

/** Path of a call that takes a picture, with its square. */
export function uploadPath(path: string, crop: SquareView | null): string {
  if (crop === null) return path;
  // Six decimals are less than a pixel of the largest picture.
  const query = new URLSearchParams(
    Object.entries(crop).map(([name, value]) => [name, (value as number).toFixed(6)]),
  );
  return `${path}?${query}`;
}

/**
 * Puts a picture to our own API; answers its JSON, null without a body.
 *
 * @throws {ImageAnswerError} when the status is no success; {TypeError} when the network fails;
 * the signal's reason when it aborts.
 */
export function sendImage(path: string, blob: Blob, options: SendOptions): Promise<unknown> {
  const { crop, onProgress, signal } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const end = (settle: () => void) => {
      signal.removeEventListener("abort", abort);
      settle();
    };
    request.open("PUT", uploadPath(path, crop));
    request.timeout = TIMEOUT_MS;
    request.setRequestHeader("content-type", blob.type);
    request.setRequestHeader("accept", "application/json");
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () =>
      end(() => {
        const answer = parseJson(request.responseText);
        if (request.status >= 200 && request.status < 300) return resolve(answer);
        const code = (answer as { code?: unknown } | null)?.code;
        reject(new ImageAnswerError(request.status, typeof code === "string" ? code : ""));
      });
    request.onerror = () => end(() => reject(new TypeError("Cannot upload: the network failed")));
    request.ontimeout = () => end(() => reject(new TypeError("Cannot upload: no answer came")));
    request.onabort = () => end(() => reject(signal.reason));
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", abort);
    request.send(blob);
  });
}

/** What to tell somebody whose picture could not be used, sent or removed. */
export function explainImageError(
  error: unknown,
  { locale, shape }: { readonly locale: Locale; readonly shape: ImageShape },
): string {
  const text = imageText(locale);
  const { width, height } = LEAST[shape];
  const tooSmall = text.tooSmall(`${width} × ${height}`);
  if (error instanceof FileError) {
    return error.problem === "tooSmall" ? tooSmall : text[error.problem];
  }
  // A network that is not there; `fetch` and the sender above say it the same way.
  if (error instanceof TypeError) return text.offline;
  const { status, code } = (error ?? {}) as { status?: unknown; code?: unknown };
  switch (code) {
    case "picture_broken":
      return text.broken;
    case "picture_too_small":
      return tooSmall;
    case "picture_too_large":
      return text.tooLarge;
  }
  switch (status) {
    case 401:
      return text.signedOut;
    case 413:
      return text.tooLarge;
    case 415:
      return text.notImage;
    case 429:
    case 503:
      return text.busy;
    case 507:
      return text.full;
    default:
      return text.failed;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
