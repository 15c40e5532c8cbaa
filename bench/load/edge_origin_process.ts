/**
 * An origin in a process of its own, so that its CPU is not the edge's: FLV at a chosen rate and
 * blocking playlists with 333 ms parts. Prints its port; counts of requests stand at `/counts`.
 *
 * Arguments: kilobits a second.
 *
 * @module
 */
import type { ServerResponse } from "node:http";
import { EdgeOrigin } from "../../tests/support/edge_origin.ts";

const PART_MS = 1000 / 3;
const PARTS = 6;
const FIRST_MSN = 1000;
const FRAMES_PER_S = 30;
const AUDIO_BYTES = 100;
/** Headers and sizes of a video and an audio tag. */
const TAG_BYTES = 30;

const kbps = Number(Deno.args[0] ?? 1650);
const frameBytes = Math.round(kbps * 125 / FRAMES_PER_S) - AUDIO_BYTES - TAG_BYTES;
const origin = new EdgeOrigin({
  frameMs: 1000 / FRAMES_PER_S,
  gopFrames: 2 * FRAMES_PER_S,
  frameBytes,
  batchMs: 50,
});

/** Parts that are complete. */
let complete = 3 * PARTS;
let held: { readonly index: number; readonly response: ServerResponse }[] = [];

function playlist(): string {
  const msn = FIRST_MSN + Math.floor(complete / PARTS);
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:9",
    "#EXT-X-TARGETDURATION:2",
    `#EXT-X-MEDIA-SEQUENCE:${Math.max(FIRST_MSN, msn - 15)}`,
    "#EXT-X-PART-INF:PART-TARGET=0.35",
    "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.05",
    '#EXT-X-MAP:URI="e/init0.mp4"',
  ];
  for (let number = Math.max(FIRST_MSN, msn - 15); number < msn; number++) {
    lines.push("#EXTINF:2.00000,", `e/${number}.m4s`);
  }
  for (let part = 0; part < complete % PARTS; part++) {
    lines.push(`#EXT-X-PART:DURATION=0.33333,URI="e/${msn}.${part}.m4s"`);
  }
  lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="e/${msn}.${complete % PARTS}.m4s"`, "");
  return lines.join("\n");
}

function answer(response: ServerResponse, maxAgeS: number): void {
  response.writeHead(200, {
    "content-type": "application/vnd.apple.mpegurl",
    "cache-control": `max-age=${maxAgeS}`,
  }).end(playlist());
}

origin.handler = (request, response) => {
  const url = new URL(`http://origin${request.url}`);
  if (url.pathname === "/counts") {
    response.end(JSON.stringify([...origin.requests]));
    return;
  }
  const msn = url.searchParams.get("_HLS_msn");
  if (msn === null) {
    answer(response, 0);
    return;
  }
  const index = (Number(msn) - FIRST_MSN) * PARTS + Number(url.searchParams.get("_HLS_part") ?? 0);
  if (index < complete) answer(response, 60);
  else held.push({ index, response });
};

setInterval(() => {
  complete++;
  const ready = held.filter(({ index }) => index < complete);
  held = held.filter(({ index }) => index >= complete);
  for (const { response } of ready) answer(response, 60);
}, PART_MS);

await origin.start();
console.log(origin.port);
