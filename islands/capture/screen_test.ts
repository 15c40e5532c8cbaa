import assert from "node:assert/strict";
import { openScreen, sharesScreens } from "./screen.ts";

function stream(surface: string, { sound }: { readonly sound: boolean }): MediaStream {
  const video = { kind: "video", getSettings: () => ({ displaySurface: surface }) };
  return {
    getVideoTracks: () => [video],
    getAudioTracks: () => sound ? [{ kind: "audio" }] : [],
  } as unknown as MediaStream;
}

Deno.test("openScreen() gives picture and sound, and says what is shared", async () => {
  const asked: unknown[] = [];
  const opened = await openScreen({ frameRate: 30 }, {
    getDisplayMedia: (options) => {
      asked.push(options);
      return Promise.resolve(stream("browser", { sound: true }));
    },
  });
  assert.equal(opened.surface, "browser");
  assert.ok(opened.video && opened.audio);
  assert.equal((asked[0] as { systemAudio: string }).systemAudio, "include");
});

Deno.test("openScreen() takes a closed question for no failure worth a word", async () => {
  const refuses = (name: string) => ({
    getDisplayMedia: () => Promise.reject(new DOMException("Permission denied", name)),
  });
  assert.equal(
    (await openScreen({ frameRate: 30 }, refuses("NotAllowedError"))).failure,
    "dismissed",
  );
  assert.equal((await openScreen({ frameRate: 30 }, refuses("NotReadableError"))).failure, "busy");
  assert.equal((await openScreen({ frameRate: 30 }, {})).failure, "unsupported");
  assert.equal(sharesScreens({}), false);
  assert.equal(sharesScreens(undefined), false);
});
