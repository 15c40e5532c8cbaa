import assert from "node:assert/strict";
import { ConfigError, internalHost, isLoopback, readConfig } from "./config.ts";

Deno.test("readConfig() gives the promised defaults", () => {
  const config = readConfig({});
  assert.equal(config.host, "0.0.0.0");
  assert.deepEqual(
    [config.port, config.rtmpPort, config.rtmpsPort, config.rtcPort],
    [8000, 1935, 1936, 8189],
  );
  assert.deepEqual([config.webPort, config.mediaPort, config.rtcHttpPort], [8002, 8001, 8003]);
  assert.deepEqual(config.origins, ["http://127.0.0.1:8001"]);
  assert.equal(config.webUrl, "http://127.0.0.1:8002");
  assert.equal(config.flvBatchMs, 100);
  assert.equal(config.rateLimits, true);
  assert.equal(internalHost(config), "127.0.0.1");
});

Deno.test("readConfig() treats an empty value as unset and trims", () => {
  assert.equal(readConfig({ PORT: " ", PUBLIC_URL: " https://live.example/ " }).port, 8000);
  assert.equal(
    readConfig({ PUBLIC_URL: "https://live.example/" }).publicUrl,
    "https://live.example",
  );
});

for (
  const [name, env] of Object.entries({
    "a port out of range": { PORT: "70000" },
    "a port that is no number": { RTMP_PORT: "1935x" },
    "an unknown TLS mode": { TLS: "yes" },
    "TLS without its files": { TLS: "on", TLS_CERT: "cert.pem" },
    "no limits on a public address": { RATE_LIMITS: "off" },
    "a proxy that is no address": { TRUSTED_PROXIES: "10.0.0.0/8,proxy" },
    "an origin without a scheme": { ORIGINS: "media:8001" },
    "half an administrator": { ADMIN_NAME: "root" },
    "a batch above one second": { FLV_BATCH_MS: "5000" },
    "an unknown log level": { LOG_LEVEL: "verbose" },
    "a Redis without its scheme": { REDIS_URL: "redis:6379,10.0.0.1" },
    "a cluster with a database": { REDIS_URL: "redis://a:1,redis://b:1/3" },
    "hot Redises without the main one": { HOT_REDIS_URLS: "a=redis://a:1" },
    "a hot Redis without a name": { REDIS_URL: "redis://a", HOT_REDIS_URLS: "redis://a:1" },
    "a hot Redis named like the main one": {
      REDIS_URL: "redis://a",
      HOT_REDIS_URLS: "main=redis://a:1",
    },
    "half an Upstash": { UPSTASH_REDIS_REST_URL: "https://x.upstash.io" },
    "TURN servers without their secret": { TURN_URLS: "turn:a.example" },
    "a TURN secret without servers": { TURN_SECRET: "0123456789" },
    "a STUN server among TURN servers": { TURN_URLS: "stun:a.example", TURN_SECRET: "0123456789" },
    "ICE servers that are no JSON": { ICE_SERVERS: "stun:a.example" },
    "an ICE server without a scheme": { ICE_SERVERS: '[{"urls":"a.example:3478"}]' },
    "a public address that is a name": { RTC_PUBLIC_IP: "live.example" },
    "a public address with a port": { RTC_PUBLIC_IP: "192.0.2.1,[2001:db8::1]:8189" },
    "an rtc without a scheme": { RTC_URL: "rtc:8003" },
    "a short token": { UPSTASH_REDIS_REST_URL: "https://x.io", UPSTASH_REDIS_REST_TOKEN: "short" },
  })
) {
  Deno.test(`readConfig() refuses ${name} in one line`, () => {
    assert.throws(() => readConfig(env), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /^Cannot use [A-Z_]+/);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  });
}

Deno.test("readConfig() takes one Redis, a cluster, hot ones by name, and Upstash", () => {
  assert.deepEqual(readConfig({}).redisUrls, []);
  const config = readConfig({
    REDIS_URL: "rediss://user:p%40ss@a:7001, redis://b:7002",
    HOT_REDIS_URLS: "hot-1=redis://:secret@c:6379/2",
    UPSTASH_REDIS_REST_URL: "https://x.upstash.io/",
    UPSTASH_REDIS_REST_TOKEN: "0123456789abcdef",
  });
  assert.deepEqual(config.redisUrls, ["rediss://user:p%40ss@a:7001", "redis://b:7002"]);
  assert.deepEqual(config.hotRedisUrls, { "hot-1": "redis://:secret@c:6379/2" });
  assert.deepEqual(config.upstash, { url: "https://x.upstash.io", token: "0123456789abcdef" });
});

Deno.test("readConfig() knows where rtc is and how others reach it", () => {
  assert.equal(readConfig({ RTC_HTTP_PORT: "8113" }).rtcUrl, "http://127.0.0.1:8113");
  assert.equal(readConfig({ RTC_URL: "http://10.0.0.3:8003/" }).rtcUrl, "http://10.0.0.3:8003");
  assert.deepEqual(readConfig({ RTC_PUBLIC_IP: "192.0.2.1, 2001:db8::1" }).rtcPublicIps, [
    "192.0.2.1",
    "2001:db8::1",
  ]);
});

Deno.test("readConfig() takes STUN and TURN servers, and shows no credential of them", () => {
  assert.deepEqual(readConfig({}).iceServers, []);
  const config = readConfig({
    ICE_SERVERS: '[{"urls":["stun:a.example:3478"]}]',
    TURN_URLS: "turn:b.example:3478?transport=udp, turns:b.example:5349",
    TURN_SECRET: "0123456789",
  });
  assert.deepEqual(config.iceServers, [{ urls: ["stun:a.example:3478"] }]);
  assert.deepEqual(config.turnUrls, [
    "turn:b.example:3478?transport=udp",
    "turns:b.example:5349",
  ]);
  assert.equal(config.turnSecret, "0123456789");
  for (
    const env of [
      { TURN_URLS: "turn:a.example", TURN_SECRET: "hidden word" },
      {
        ICE_SERVERS: '[{"urls":"turn:a.example","username":"u","credential":"hidden word","x":1}]',
      },
    ]
  ) {
    assert.throws(
      () => readConfig(env),
      (error: unknown) => error instanceof ConfigError && !error.message.includes("hidden"),
    );
  }
});

Deno.test("readConfig() shows no password of a Redis", () => {
  for (const name of ["REDIS_URL", "HOT_REDIS_URLS"]) {
    assert.throws(() => readConfig({ [name]: "http://:secret@a:1" }), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.ok(!error.message.includes("secret"));
      return true;
    });
  }
});

Deno.test("readConfig() allows RATE_LIMITS=off on a loopback address", () => {
  assert.equal(readConfig({ HOST: "127.0.0.1", RATE_LIMITS: "off" }).rateLimits, false);
});

Deno.test("isLoopback() knows loopback names and addresses", () => {
  for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"]) {
    assert.equal(isLoopback(host), true, host);
  }
  for (const host of ["0.0.0.0", "::", "127.0.0.1.example", "10.0.0.1"]) {
    assert.equal(isLoopback(host), false, host);
  }
});
