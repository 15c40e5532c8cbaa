import assert from "node:assert/strict";
import { readConfig } from "./platform/config.ts";
import { diskFolder, nodeName, permissionFlags, RUNNABLE } from "./roles.ts";

const config = readConfig({ DATA_DIR: "/data", ASSETS_DIR: "/dist" });

Deno.test("permissionFlags() gives each role the least that it needs", () => {
  const flags = Object.fromEntries(RUNNABLE.map((role) => [role, permissionFlags(role, config)]));
  assert.deepEqual(flags.edge, [
    "--allow-net",
    "--allow-read=/dist",
    "--allow-env=WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE",
  ]);
  assert.deepEqual(flags.web.filter((flag) => !flag.startsWith("--allow-read=")), [
    "--allow-net",
    "--allow-write=/data",
    "--allow-env=WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE",
    "--allow-sys=statfs",
  ]);
  assert.match(flags.web.join(" "), /--allow-read=\/data,\/dist,/);
  assert.deepEqual(flags.media, [
    "--allow-net",
    "--allow-read=/data/media",
    "--allow-write=/data/media",
    "--allow-run=ffmpeg,ffprobe",
    "--allow-env=WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE,PATH",
    "--allow-sys=statfs",
  ]);
  assert.deepEqual(flags.rtc.map((flag) => flag.replaceAll(Deno.cwd(), "")), [
    "--allow-net",
    "--allow-ffi=/node_modules",
    "--allow-read=/node_modules,/usr/bin/ldd",
    "--allow-env=WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE",
  ]);
});

Deno.test("permissionFlags() lets an edge read the scripts of Redis when there is one", () => {
  const flags = permissionFlags("edge", { ...config, redisUrls: ["redis://127.0.0.1"] });
  assert.match(flags.join(" "), /--allow-read=\/dist,\/[^, ]+\/store\/redis\/lua /);
});

Deno.test("diskFolder() is a folder that the role may read", () => {
  assert.equal(diskFolder("edge", config), null);
  assert.equal(diskFolder("rtc", config), null);
  for (const role of ["web", "media"] as const) {
    const folder = diskFolder(role, config)!;
    assert.match(permissionFlags(role, config).join(" "), new RegExp(`--allow-read=${folder}[ ,]`));
  }
});

Deno.test("nodeName() tells processes apart by name, machine and port", () => {
  assert.equal(
    nodeName("edge", { name: "edge-2", host: "wanren 1.example", config }),
    "edge-2@wanren-1.example:8000",
  );
  assert.equal(nodeName("web", { name: "web", host: "a", config }), "web@a:8002");
  assert.equal(nodeName("media", { name: "media", host: "万", config }), "media@-:8001");
});
