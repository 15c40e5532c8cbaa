import assert from "node:assert/strict";
import { ActiveSpeaker, audioLevelOf } from "./audio_level.ts";
import { buildRtp, parseRtp } from "./rtp.ts";

const LOUD = { attenuationDb: 20, hasVoice: true };
const QUIET = { attenuationDb: 80, hasVoice: false };

function talk(
  speakers: ActiveSpeaker<string>,
  span: { from: number; to: number },
  levels: Record<string, typeof LOUD>,
) {
  for (let ms = span.from; ms < span.to; ms += 20) {
    for (const [key, level] of Object.entries(levels)) speakers.level(key, level, ms);
  }
  return speakers.active;
}

Deno.test("audioLevelOf() reads level and voice, and gives null without the extension", () => {
  const packet = parseRtp(buildRtp(
    { payloadType: 111, sequenceNumber: 1, timestamp: 1, ssrc: 1, marker: false },
    { payload: Uint8Array.of(1), extensions: [{ id: 1, data: Uint8Array.of(0x80 | 42) }] },
  ))!;
  assert.deepEqual(audioLevelOf(packet, 1), { attenuationDb: 42, hasVoice: true });
  assert.equal(audioLevelOf(packet, 2), null);
  assert.equal(audioLevelOf(packet, null), null);
});

Deno.test("ActiveSpeaker follows who speaks and stays with who spoke last", () => {
  const speakers = new ActiveSpeaker<string>();
  assert.equal(talk(speakers, { from: 0, to: 1000 }, { a: QUIET, b: QUIET }), null);
  assert.equal(talk(speakers, { from: 1000, to: 2000 }, { a: LOUD, b: QUIET }), "a");
  assert.equal(talk(speakers, { from: 2000, to: 4000 }, { a: QUIET, b: QUIET }), "a");
  assert.equal(talk(speakers, { from: 4000, to: 5000 }, { a: QUIET, b: LOUD }), "b");
});

Deno.test("ActiveSpeaker is not turned by a cough, nor by two who speak alike", () => {
  const speakers = new ActiveSpeaker<string>();
  talk(speakers, { from: 0, to: 1000 }, { a: LOUD, b: QUIET });
  const cough = { attenuationDb: 5, hasVoice: false };
  assert.equal(talk(speakers, { from: 1000, to: 1200 }, { a: LOUD, b: cough }), "a");
  assert.equal(talk(speakers, { from: 1200, to: 3000 }, { a: LOUD, b: QUIET }), "a");
  assert.equal(talk(speakers, { from: 3000, to: 6000 }, { a: LOUD, b: LOUD }), "a");
});

Deno.test("ActiveSpeaker takes silence from who stops sending, and forgets who leaves", () => {
  const speakers = new ActiveSpeaker<string>();
  talk(speakers, { from: 0, to: 1000 }, { a: LOUD });
  assert.equal(speakers.attenuationOf("a", 2000), 127);
  assert.equal(
    talk(speakers, { from: 2000, to: 3000 }, { b: { attenuationDb: 40, hasVoice: true } }),
    "b",
  );
  speakers.remove("b");
  assert.equal(speakers.active, null);
  assert.equal(speakers.attenuationOf("b", 3000), 127);
});
