import assert from "node:assert/strict";
import { strFromU8, unzipSync } from "fflate";
import { obsProfile, obsService } from "./obs_profile.ts";

const PUBLISH = {
  rtmp: { server: "rtmp://live.example:1935/live", streamKey: "100001?key=a_B-9" },
};
const NOW_MS = Date.UTC(2026, 6, 3, 12);

/** Reads sections as libobs does: `[name]`, then `key=value`. */
function parseIni(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let section = "";
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const head = /^\[(\w+)\]$/.exec(line)?.[1];
    if (head !== undefined) sections[section = head] = {};
    else {
      const [, key, value] = /^(\w+)=(.+)$/.exec(line) ?? assert.fail(`no setting: ${line}`);
      sections[section]![key!] = value!;
    }
  }
  return sections;
}

Deno.test("obsProfile() is one folder that OBS imports", () => {
  const files = unzipSync(obsProfile(PUBLISH, { nowMs: NOW_MS }));
  assert.deepEqual(Object.keys(files).sort(), [
    "Wanren/",
    "Wanren/basic.ini",
    "Wanren/service.json",
    "Wanren/streamEncoder.json",
  ]);
  const basic = parseIni(strFromU8(files["Wanren/basic.ini"]!));
  assert.equal(basic.General?.Name, "Wanren");
  assert.equal(basic.Output?.Mode, "Advanced");
  assert.equal(basic.AdvOut?.Encoder, "obs_x264");
  assert.equal(basic.AdvOut?.AudioEncoder, "ffmpeg_aac");
  assert.equal(basic.Video?.FPSCommon, "30");
  assert.equal(Number(basic.Video?.OutputCX) / Number(basic.Video?.OutputCY), 16 / 9);
  assert.equal(basic.Audio?.SampleRate, "48000");
  const encoder = JSON.parse(strFromU8(files["Wanren/streamEncoder.json"]!));
  assert.equal(encoder.keyint_sec, 2);
  assert.equal(encoder.bf, 0);
  assert.equal(encoder.bitrate, 2_500);
  assert.equal(encoder.rate_control, "CBR");
  assert.equal(strFromU8(files["Wanren/service.json"]!), obsService(PUBLISH));
});

Deno.test("obsService() is a custom server with its stream key", () => {
  assert.deepEqual(JSON.parse(obsService(PUBLISH)), {
    type: "rtmp_custom",
    settings: {
      server: "rtmp://live.example:1935/live",
      key: "100001?key=a_B-9",
      bwtest: false,
      use_auth: false,
    },
  });
});
