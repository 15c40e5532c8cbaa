/** TLS with HTTP/2 and RTMPS, and the platform behind a reverse proxy. */
import assert from "node:assert/strict";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { Page } from "playwright-core";
import { FlvDemuxer, FlvTagParser } from "../../media/container/flv/mod.ts";
import { launchBrowser, openPage } from "../support/browser.ts";
import { makeSource, probe, Publisher } from "../support/ffmpeg.ts";
import { freePort, TestPlatform, type TestRoom } from "../support/platform.ts";
import { choosePlayer, waitUntilPlaying } from "../support/player.ts";
import { waitFor } from "../support/wait.ts";

/** More than the six connections that a browser opens to one host for HTTP/1.1. */
const STREAMS_IN_ONE_PAGE = 10;
/** More than the log-in attempts that one address has in a row. */
const ATTEMPTS = 24;
const PUBLIC_HOST = "live.example.org";

/** As an operator starts it for phones on the network: all addresses, limits on. */
const SELF_SIGNED = { TLS: "self-signed", HOST: "0.0.0.0", RATE_LIMITS: "on" };

function rtmpsUrl(platform: TestPlatform, room: TestRoom): string {
  return room.publishUrl.replace(/^rtmp:\/\/[^/]+/, `rtmps://127.0.0.1:${platform.rtmpsPort}`);
}

async function codecsOf(input: string): Promise<string[]> {
  return (await probe(input)).map((stream) => stream.codec_name).sort();
}

/** One answer over HTTP/2, or the first bytes of an endless one. */
async function ask(
  session: ClientHttp2Session,
  path: string,
  enough: (bytes: Uint8Array) => boolean = () => false,
): Promise<{ status: number; text: string }> {
  return await new Promise((resolve, reject) => {
    const stream = session.request({ ":path": path });
    const decoder = new TextDecoder("latin1");
    let status = 0;
    let text = "";
    stream.on("response", (headers) => status = Number(headers[":status"]));
    stream.on("data", (bytes: Uint8Array) => {
      text += decoder.decode(bytes, { stream: true });
      if (enough(new Uint8Array(bytes))) stream.close();
    });
    stream.on("close", () => resolve({ status, text }));
    stream.on("error", reject);
  });
}

Deno.test("TLS=self-signed: HTTP/2, RTMPS in and out, secure cookies, an address for phones", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
  const source = `${folder}/source.flv`;
  await makeSource(source, { seconds: 12 });
  await using platform = await TestPlatform.start({ env: SELF_SIGNED });
  const room = await platform.room("Behind TLS");
  await using _publisher = Publisher.file(source, rtmpsUrl(platform, room));
  await platform.waitLive(room);

  await t.step("RTMPS plays, and the stream says how it came in", async () => {
    assert.deepEqual(await codecsOf(rtmpsUrl(platform, room).split("?")[0]!), ["aac", "h264"]);
    const { body } = await platform.api<{ stream: { protocol: string } }>(
      `/api/rooms/${room.id}/stream`,
      { token: room.token },
    );
    assert.equal(body.stream.protocol, "rtmps");
  });

  await t.step(
    "HTTP/2 carries playlists, segments, FLV and the API on one connection",
    async () => {
      const ca = await Deno.readTextFile(`${platform.dataDir}/tls/cert.pem`);
      const session = connectHttp2(platform.url, { ca });
      try {
        await new Promise((resolve, reject) =>
          session.once("connect", resolve).once("error", reject)
        );
        assert.equal(session.alpnProtocol, "h2");
        assert.ok((session.socket as TLSSocket).authorized);
        const demuxer = new FlvDemuxer();
        const parser = new FlvTagParser();
        let pictures = 0;
        const flv = ask(session, `/live/${room.id}.flv`, (bytes) => {
          for (const message of parser.push(bytes)) {
            for (const { kind } of demuxer.push(message)) if (kind === "video") pictures++;
          }
          return pictures > 60;
        });
        const index = await waitFor("the playlist", async () => {
          const answer = await ask(session, `/live/${room.id}/index.m3u8`);
          return answer.status === 200 && answer;
        });
        assert.match(index.text, /CODECS="avc1\.[^"]+"/);
        const main = await ask(session, `/live/${room.id}/main.m3u8`);
        const init = /EXT-X-MAP:URI="([^"]+)"/.exec(main.text)![1];
        assert.match((await ask(session, `/live/${room.id}/${init}`)).text, /^....ftyp/s);
        const api = await ask(session, `/api/rooms/${room.id}`);
        const { playback } = JSON.parse(api.text).room;
        assert.equal(playback.llhls, `${platform.url}/live/${room.id}/index.m3u8`);
        await flv;
        assert.equal(demuxer.tracks?.video?.width, 320);
      } finally {
        session.destroy();
      }
    },
  );

  await t.step("the session cookie is Secure and bound to the host", async () => {
    const response = await platform.fetch("/login", {
      method: "POST",
      redirect: "manual",
      headers: { origin: platform.url },
      body: new URLSearchParams({ name: "admin", password: "correct horse battery" }),
    });
    assert.equal(response.status, 303, await response.text());
    const cookie = response.headers.getSetCookie().find((text) => text.includes("session"))!;
    assert.match(cookie, /^__Host-wanren_session=[^;]+; /);
    for (const attribute of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]) {
      assert.ok(cookie.split("; ").includes(attribute), cookie);
    }
  });

  await t.step("plain HTTP on the port is cut and disturbs nobody", async () => {
    await assert.rejects(fetch(platform.url.replace("https", "http")));
    assert.equal((await platform.api(`/api/rooms/${room.id}`)).status, 200);
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name:
    "TLS=self-signed: a page at the printed address plays over h2 and wss, and more than six streams",
  // The browser's own sockets and timers live in playwright.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
    const source = `${folder}/source.flv`;
    await makeSource(source, { seconds: 12 });
    await using platform = await TestPlatform.start({ env: SELF_SIGNED });
    const room = await platform.room("Behind TLS");
    await using _publisher = Publisher.file(source, room.publishUrl);
    await platform.waitLive(room);
    // A machine without a network has no such line.
    const base = /On your network +(https:\/\/\S+)/.exec(platform.output)?.[1] ?? platform.url;
    const browser = await launchBrowser();
    try {
      await t.step("LL-HLS over HTTP/2, WebSocket-FLV over wss", async () => {
        for (const protocol of ["llhls", "ws-flv"] as const) {
          // A page without a player, so that every socket is one of the room's.
          const { page, context, complaints } = await openPage(browser, `${base}/healthz`, {
            before: choosePlayer(protocol),
          });
          const sockets: string[] = [];
          page.on("websocket", (socket) => {
            // The talk of the room has one of its own.
            if (URL.parse(socket.url())?.pathname !== "/im") sockets.push(socket.url());
          });
          await page.goto(`${base}/rooms/${room.id}`);
          await waitUntilPlaying(page, { protocol });
          assert.ok(await page.evaluate(() => isSecureContext));
          const media = await mediaProtocols(page);
          if (protocol === "llhls") assert.deepEqual(media, ["h2"]);
          else {
            const address = `${base.replace("https", "wss")}/live/${room.id}.flv`;
            assert.deepEqual(sockets, [`${address}?audio=any&video=any`]);
          }
          assert.deepEqual(complaints, []);
          await context.close();
        }
      });

      await t.step(
        `${STREAMS_IN_ONE_PAGE} FLV streams at once in one page, and a call`,
        async () => {
          const { page, context } = await openPage(browser, `${base}/`);
          const seen = await page.evaluate(holdStreams, {
            stream: `/live/${room.id}.flv`,
            call: `/api/rooms/${room.id}`,
            count: STREAMS_IN_ONE_PAGE,
          });
          assert.deepEqual(seen, {
            signatures: Array(STREAMS_IN_ONE_PAGE).fill("FLV"),
            call: 200,
            grew: STREAMS_IN_ONE_PAGE,
          });
          await context.close();
        },
      );
    } finally {
      await browser.close();
    }
    await Deno.remove(folder, { recursive: true });
  },
});

/** Protocols over which the page fetched media so far. */
async function mediaProtocols(page: Page): Promise<string[]> {
  const seen = await page.evaluate(() =>
    performance.getEntriesByType("resource")
      .filter((entry) => new URL(entry.name).pathname.startsWith("/live/"))
      .map((entry) => (entry as PerformanceResourceTiming).nextHopProtocol)
  );
  return [...new Set(seen)].filter((protocol) => protocol !== "");
}

/**
 * Runs in the page: opens streams until each has begun, makes a call while all are open, then waits
 * for more of each.
 */
async function holdStreams(
  { stream, call, count }: { stream: string; call: string; count: number },
): Promise<{ signatures: string[]; call: number; grew: number }> {
  const abort = new AbortController();
  const readers = await Promise.all(
    Array.from(
      { length: count },
      async () => (await fetch(stream, { signal: abort.signal })).body!.getReader(),
    ),
  );
  const signatures = await Promise.all(readers.map(async (reader) => {
    const { value } = await reader.read();
    return new TextDecoder("latin1").decode(value!.subarray(0, 3));
  }));
  const { status } = await fetch(call);
  const more = await Promise.all(readers.map((reader) => reader.read()));
  abort.abort();
  return {
    signatures,
    call: status,
    grew: more.filter(({ value }) => value !== undefined && value.length > 0).length,
  };
}

/** nginx as it often stands in front: HTTP/1.0 to the upstream, nothing buffered. */
class ReverseProxy {
  readonly port = freePort();
  readonly #folder: string;
  readonly #process: Deno.ChildProcess;
  readonly #said: Promise<string>;

  private constructor(folder: string, process: Deno.ChildProcess, port: number) {
    this.#folder = folder;
    this.#process = process;
    this.#said = new Response(process.stderr).text();
    this.port = port;
  }

  static async start(upstreamPort: number): Promise<ReverseProxy> {
    const folder = await Deno.makeTempDir({ prefix: "wanren-nginx-" });
    const port = freePort();
    const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((name) => `${name}_temp_path ${folder}/${name};`).join("\n");
    await Deno.writeTextFile(
      `${folder}/nginx.conf`,
      `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
      events { worker_connections 256; }
      http {
        access_log off; ${scratch}
        server {
          listen 127.0.0.1:${port};
          location / {
            proxy_pass http://127.0.0.1:${upstreamPort};
            proxy_http_version 1.0;
            proxy_buffering off;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Host ${PUBLIC_HOST};
            proxy_set_header X-Forwarded-Proto https;
          }
        }
      }`,
    );
    const process = new Deno.Command("nginx", {
      args: ["-p", folder, "-e", "stderr", "-c", `${folder}/nginx.conf`],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const proxy = new ReverseProxy(folder, process, port);
    await waitFor("nginx", async () => {
      const response = await fetch(`http://127.0.0.1:${port}/healthz`);
      return (await response.text()) === "ok";
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    await Promise.all([this.#process.status, this.#said]);
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function isInstalled(command: string, argument: string): Promise<boolean> {
  try {
    return (await new Deno.Command(command, {
      args: [argument],
      stdout: "null",
      stderr: "null",
    }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** How many log-in attempts are turned away when each claims to come from elsewhere. */
async function refusedAttempts(url: string): Promise<number> {
  let refused = 0;
  for (let index = 0; index < ATTEMPTS; index++) {
    const response = await fetch(`${url}/api/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": `198.51.100.${index + 1}` },
      body: JSON.stringify({ name: `nobody${index}`, password: "not a password" }),
    });
    await response.body?.cancel();
    if (response.status === 429) refused++;
    else assert.equal(response.status, 401);
  }
  return refused;
}

async function playlistsOf(base: string): Promise<void> {
  for (const name of ["index", "main", "ts/index", "ts/main"]) {
    await waitFor(name, async () => {
      const response = await fetch(`${base}/${name}.m3u8`);
      const text = await response.text();
      return response.ok && text.startsWith("#EXTM3U");
    });
  }
}

Deno.test({
  name:
    "behind nginx with HTTP/1.0 upstream and TRUSTED_PROXIES, everything plays under the public name",
  // Needs nginx.
  ignore: !(await isInstalled("nginx", "-v")),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
    const source = `${folder}/source.flv`;
    await makeSource(source, { seconds: 12 });
    await using platform = await TestPlatform.start({
      env: { TRUSTED_PROXIES: "127.0.0.1", RATE_LIMITS: "on" },
    });
    await using proxy = await ReverseProxy.start(platform.httpPort);
    const room = await platform.room("Behind nginx");
    await using _publisher = Publisher.file(source, room.publishUrl);
    await platform.waitLive(room);

    const base = `${proxy.url}/live/${room.id}`;
    assert.deepEqual(await codecsOf(`${base}.flv`), ["aac", "h264"]);
    await playlistsOf(base);
    assert.deepEqual(await codecsOf(`${base}/index.m3u8`), ["aac", "h264"]);
    assert.deepEqual(await codecsOf(`${base}/ts/index.m3u8`), ["aac", "h264"]);

    const response = await fetch(`${proxy.url}/api/rooms/${room.id}`);
    const { playback } = (await response.json()).room;
    const named = `https://${PUBLIC_HOST}/live/${room.id}`;
    assert.equal(playback.llhls, `${named}/index.m3u8`);
    assert.equal(playback.hls, `${named}/ts/index.m3u8`);
    assert.equal(playback.flv, `${named}.flv`);
    assert.equal(playback.rtmp, `rtmp://${PUBLIC_HOST}:${platform.rtmpPort}/live/${room.id}`);

    const login = await fetch(`${proxy.url}/login`, {
      method: "POST",
      redirect: "manual",
      headers: { origin: `https://${PUBLIC_HOST}` },
      body: new URLSearchParams({ name: "admin", password: "correct horse battery" }),
    });
    assert.equal(login.status, 303, await login.text());
    assert.match(login.headers.getSetCookie().join(), /__Host-wanren_session=.*; Secure/);

    // Each of the addresses behind the proxy has attempts of its own.
    assert.equal(await refusedAttempts(proxy.url), 0);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("without TRUSTED_PROXIES, what a client says of itself changes nothing", async () => {
  await using platform = await TestPlatform.start({ env: { RATE_LIMITS: "on" } });
  const room = await platform.room();
  const response = await platform.fetch(`/api/rooms/${room.id}`, {
    headers: {
      "x-forwarded-for": "198.51.100.1",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      "x-wanren-cluster": "guess",
      forwarded: "for=198.51.100.1;host=evil.example;proto=https",
    },
  });
  const { playback } = (await response.json()).room;
  assert.equal(playback.llhls, `${platform.url}/live/${room.id}/index.m3u8`);
  assert.equal(playback.rtmp, `rtmp://127.0.0.1:${platform.rtmpPort}/live/${room.id}`);
  assert.ok(await refusedAttempts(platform.url) > 0);
});
