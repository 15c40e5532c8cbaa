/**
 * The directions in which folders may import each other (docs/architecture.md). Pure: paths in,
 * verdict out.
 *
 * @module
 */

/** What a folder (the longest prefix wins) may import beside itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "platform/": [],
  "client/": [],
  "edge/": [
    "im/",
    "media/egress/hls/playlist",
    "media/container/flv/",
    "media/codec/",
    "media/access_unit.ts",
    "media/errors.ts",
    "platform/",
  ],
  // The entry on fetch runtimes puts its parts together itself.
  "edge/mod.ts": [
    "edge/",
    "im/",
    "media/egress/hls/playlist",
    "media/container/flv/",
    "media/codec/",
    "media/access_unit.ts",
    "media/errors.ts",
    "platform/",
    "store/upstash/",
  ],
  "routes/": ["islands/", "im/", "rooms/", "platform/"],
  "islands/": [
    "client/",
    "im/protocol",
    "rooms/calls/protocol",
    "media/codec/",
    "media/container/",
  ],
  "rooms/": ["im/", "platform/"],
  "im/": ["platform/"],
  "store/": ["rooms/", "im/", "platform/"],
  "media/": ["platform/"],
  "media/codec/": ["media/access_unit.ts", "media/errors.ts"],
  "media/container/": ["media/codec/", "media/access_unit.ts", "media/errors.ts"],
  "media/transport/": ["media/container/", "media/codec/", "media/errors.ts", "platform/"],
  "media/transport/webrtc/": ["media/codec/", "media/access_unit.ts", "media/errors.ts"],
  "media/stream/": [
    "media/egress/hls/",
    "media/container/",
    "media/codec/",
    "media/access_unit.ts",
    "media/errors.ts",
    "platform/",
  ],
  "media/ingest/": [
    "media/transport/",
    "media/container/",
    "media/codec/",
    "media/stream/contract.ts",
    "media/access_unit.ts",
    "media/errors.ts",
    "platform/",
  ],
  "media/rtc/": [
    "media/transport/",
    "media/container/",
    "media/codec/",
    "media/access_unit.ts",
    "media/errors.ts",
    "platform/",
  ],
  "media/egress/": [
    "media/transport/",
    "media/container/",
    "media/codec/",
    "media/stream/contract.ts",
    "media/access_unit.ts",
    "media/errors.ts",
    "platform/",
  ],
};

/** Folders that must run on any fetch runtime: no Deno, no Node. */
const NEUTRAL = [
  "client/",
  "edge/",
  "media/codec/",
  "media/container/",
  "media/transport/webrtc/",
  "im/protocol",
  "rooms/calls/call.ts",
  "rooms/calls/protocol.ts",
];
/** Below a neutral folder, but bound to this runtime. */
const NOT_NEUTRAL = ["edge/node/"];
/** Folders whose files may import everything: they put the parts together or test them. */
const FREE = ["tests/", "bench/", "tools/"];

/** Whether a file is code of a test or a bench, wherever it stands. */
export function isTestFile(path: string): boolean {
  return /(_test|_bench)\.tsx?$/.test(path) || FREE.some((folder) => path.startsWith(folder));
}

/** Whether a file must do without Deno and Node. Paths are relative to the repository. */
export function isNeutral(path: string): boolean {
  return !isTestFile(path) && NEUTRAL.some((folder) => path.startsWith(folder)) &&
    !NOT_NEUTRAL.some((folder) => path.startsWith(folder));
}

/** Whether the file `from` may import the file `to`; both relative to the repository. */
export function mayImport(from: string, to: string): boolean {
  // Tests reach everywhere; main.ts and roles.ts are the composition root.
  if (isTestFile(from) || !from.includes("/")) return true;
  const home = Object.keys(ALLOWED).filter((folder) => from.startsWith(folder))
    .sort((a, b) => b.length - a.length)[0];
  if (home === undefined) return false;
  return to.startsWith(home) || ALLOWED[home]!.some((prefix) => to.startsWith(prefix));
}
