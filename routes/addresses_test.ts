import { deepStrictEqual } from "node:assert/strict";
import { playbackAddresses, publishAddress } from "./addresses.ts";

const place = { baseUrl: "https://[2001:db8::1]:8443", rtmpPort: 1935, webRtc: true };

Deno.test("playbackAddresses() gives every address while nobody knows the codecs", () => {
  deepStrictEqual(playbackAddresses({ id: "100001", stream: null }, place), {
    llhls: "https://[2001:db8::1]:8443/live/100001/index.m3u8",
    hls: "https://[2001:db8::1]:8443/live/100001/ts/index.m3u8",
    flv: "https://[2001:db8::1]:8443/live/100001.flv",
    rtmp: "rtmp://[2001:db8::1]:1935/live/100001",
    whep: "https://[2001:db8::1]:8443/whep/100001",
  });
});

Deno.test("publishAddress() fits into OBS's two fields", () => {
  deepStrictEqual(
    publishAddress("100001", "k", { baseUrl: "http://a.test:8000", rtmpPort: 1936, webRtc: false }),
    {
      key: "k",
      rtmp: { server: "rtmp://a.test:1936/live", streamKey: "100001?key=k" },
      whip: null,
    },
  );
});
