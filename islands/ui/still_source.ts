/**
 * A real picture of a running stream for a card: the newest part that begins with a key frame,
 * decoded once. The server does nothing for it that it does not do for viewers.
 *
 * @module
 */

/** Relative addresses of what one picture needs. */
export interface StillParts {
  /** Initialisation section. */
  readonly init: string;
  /** A part that begins with a key frame. */
  readonly part: string;
}

const ATTEMPT_TIMEOUT_MS = 8_000;
/** Decoded at once; a lobby full of cards must not stall the page. */
const MAX_AT_ONCE = 2;
/** Pixels across: twice the width of a large card. */
const MAX_WIDTH = 960;
/** Tells the edge that no viewer stands behind the request. */
const PURPOSE = { "x-purpose": "still" };

/**
 * Finds the newest independent part (RFC 8216bis §4.4.4.9) in a media playlist; null when it names
 * none.
 */
export function findStillParts(playlist: string): StillParts | null {
  let init: string | null = null;
  let found: StillParts | null = null;
  for (const line of playlist.split("\n")) {
    const uri = /[:,]URI="([^"]+)"/.exec(line)?.[1];
    if (uri === undefined) continue;
    if (line.startsWith("#EXT-X-MAP:")) init = uri;
    else if (line.startsWith("#EXT-X-PART:") && line.includes("INDEPENDENT=YES") && init !== null) {
      found = { init, part: uri };
    }
  }
  return found;
}

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Draws the room's present picture onto `canvas`; false when there is none: not live, no picture,
 * or a codec that this browser does not decode.
 */
export async function drawStill(
  roomId: string,
  { canvas, signal }: { readonly canvas: HTMLCanvasElement; readonly signal: AbortSignal },
): Promise<boolean> {
  if (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]);
    return await draw(`/live/${roomId}/`, { canvas, signal: limit });
  } catch {
    // The placeholder stays: a card's picture is not worth a word to the viewer.
    return false;
  } finally {
    // The place goes to the next in line, or is free.
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

async function draw(
  base: string,
  { canvas, signal }: { readonly canvas: HTMLCanvasElement; readonly signal: AbortSignal },
): Promise<boolean> {
  signal.throwIfAborted();
  const answer = await fetch(`${base}main.m3u8`, { signal, headers: PURPOSE });
  if (!answer.ok) return false;
  const parts = findStillParts(await answer.text());
  if (parts === null) return false;
  const bytes = await Promise.all([parts.init, parts.part].map(async (uri) => {
    const part = await fetch(base + uri, { signal });
    if (!part.ok) throw new TypeError(`Cannot fetch ${uri}: status ${part.status}`);
    return await part.arrayBuffer();
  }));
  const address = URL.createObjectURL(new Blob(bytes, { type: "video/mp4" }));
  const video = document.createElement("video");
  try {
    await firstFrame(video, { address, signal });
    if (video.videoWidth === 0) return false;
    const scale = Math.min(1, MAX_WIDTH / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
    return true;
  } finally {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(address);
  }
}

function firstFrame(
  video: HTMLVideoElement,
  { address, signal }: { readonly address: string; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    video.muted = true;
    video.playsInline = true;
    video.preload = "auto";
    video.addEventListener("loadeddata", () => resolve(), { once: true, signal });
    video.addEventListener("error", () => reject(video.error), { once: true, signal });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    video.src = address;
  });
}
