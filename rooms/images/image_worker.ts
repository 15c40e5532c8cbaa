/**
 * Decodes one picture and makes another of it, then it is ended: the decoder is WebAssembly whose
 * memory never shrinks and whose state after a panic is unknown.
 *
 * It keeps the rights of its process (see `rooms/password_worker.ts`); what parses here is inside
 * the sandbox of WebAssembly and reaches nothing.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { PhotonImage, resize, SamplingFilter } from "@cf-wasm/photon/node";
import type { ImageAnswer, ImageRequest } from "./image_workshop.ts";
import { cutOut, storedSize, turnUpright } from "./pixels.ts";

/** Of 100. */
const JPEG_QUALITY = 85;

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = ({ data }: MessageEvent<ImageRequest>) => {
  let answer: ImageAnswer;
  try {
    answer = make(data);
  } catch {
    // A panic of the decoder is a WebAssembly trap without a reason.
    answer = { kind: "failed" };
  }
  scope.postMessage(answer);
};

function make({ bytes, plan }: ImageRequest): ImageAnswer {
  const { source, region, orientation, target } = plan;
  const decoded = PhotonImage.new_from_byteslice(bytes);
  const width = decoded.get_width();
  const height = decoded.get_height();
  if (width !== source.width || height !== source.height) {
    // Not what its header promised, so that the limits were asked about something else.
    return { kind: "failed" };
  }
  const pixels = decoded.get_raw_pixels();
  decoded.free();
  const part = new PhotonImage(cutOut(pixels, { width, region }), region.width, region.height);
  const stored = storedSize(target, orientation);
  const scaled = resize(part, stored.width, stored.height, SamplingFilter.Lanczos3);
  part.free();
  const upright = new PhotonImage(
    turnUpright(scaled.get_raw_pixels(), { stored, orientation }),
    target.width,
    target.height,
  );
  const jpeg = upright.get_bytes_jpeg(JPEG_QUALITY);
  // What crosses must own its memory: this may be a view of the decoder's.
  return { kind: "made", bytes: jpeg.slice() };
}
