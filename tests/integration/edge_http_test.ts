import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect as connectTcp } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { createEdge } from "../../edge/mod.ts";
import { WebProxy } from "../../edge/node/web_proxy.ts";
import { EdgeOrigin } from "../support/edge_origin.ts";
import { EDGE_SECRET, NOBODY, startEdge } from "../support/edge_setup.ts";
import { pause, waitFor } from "../support/wait.ts";

/** What stands in for `web`: records requests and answers as told. */
async function startWeb(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  port = 0,
): Promise<{ server: Server; url: string; port: number; stop: () => Promise<void> }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    server,
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends raw text and gives what came until the connection closed. */
function exchangeRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connectTcp(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("latin1");
    socket.on("data", (data: string) => received += data);
    socket.on("error", () => {});
    socket.on("close", () => resolve(received));
  });
}

Deno.test("50 blocking reloads become one request, whatever else their queries hold", async () => {
  const origin = new EdgeOrigin();
  const held: ServerResponse[] = [];
  origin.handler = (request, response) => {
    if (request.url === "/metrics") response.end();
    else held.push(response);
  };
  await origin.start();
  const { edge, url, metrics } = await startEdge({ origins: [origin.url] });
  const target = "/live/100001/main.m3u8";
  const answers = Array.from({ length: 50 }, (_, i) =>
    fetch(
      i % 2 === 0
        ? `${url}${target}?_HLS_msn=7&_HLS_part=2&token=${i}`
        : `${url}${target}?nonce=${i}&_HLS_part=2&_HLS_msn=7`,
    ));
  await waitFor("all to wait", async () => {
    await (await fetch(`${url}/metrics`)).body?.cancel();
    return /wanren_edge_cache_collapsed_total\{[^}]*\} 49/.test(await metrics.text());
  });
  assert.equal(held.length, 1);
  held[0]!.writeHead(200, {
    "content-type": "application/vnd.apple.mpegurl",
    "cache-control": "max-age=30, immutable",
  }).end("#EXTM3U\n");
  for (const answer of await Promise.all(answers)) {
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "application/vnd.apple.mpegurl");
    assert.equal(answer.headers.get("cache-control"), "max-age=30, immutable");
    assert.equal(await answer.text(), "#EXTM3U\n");
  }
  origin.requests.delete("/metrics");
  assert.deepEqual([...origin.requests], [[`${target}?_HLS_msn=7&_HLS_part=2`, 1]]);
  await edge.stop();
  await origin.kill();
});

Deno.test("one viewer who leaves disturbs nobody; the request ends when all have left", async () => {
  const origin = new EdgeOrigin();
  const held: ServerResponse[] = [];
  origin.handler = (_request, response) => void held.push(response);
  await origin.start();
  const { edge, url } = await startEdge({ origins: [origin.url] });
  const leaving = Array.from({ length: 3 }, () => new AbortController());
  const gone = leaving.map((controller) =>
    fetch(`${url}/live/100001/main.m3u8?_HLS_msn=1`, { signal: controller.signal })
      .then(() => "answered", () => "left")
  );
  await waitFor("the request upstream", () => held.length === 1);
  await pause(50);
  leaving[0]!.abort();
  leaving[1]!.abort();
  await pause(50);
  assert.equal(origin.aborted, 0);
  leaving[2]!.abort();
  await waitFor("the end of the request upstream", () => origin.aborted === 1);
  assert.deepEqual(await Promise.all(gone), ["left", "left", "left"]);
  await edge.stop();
  await origin.kill();
});

Deno.test("immutable bodies come from memory: ranges, HEAD, CORS, also while the origin is away", async () => {
  const origin = new EdgeOrigin();
  origin.handler = (_request, response) => {
    response.writeHead(200, {
      "content-type": "video/mp4",
      "cache-control": "public, max-age=31536000, immutable",
    }).end("0123456789");
  };
  await origin.start();
  const { edge, url } = await startEdge({ origins: [origin.url] });
  const target = `${url}/live/100001/abc/7.m4s`;
  assert.equal(await (await fetch(target)).text(), "0123456789");
  await origin.kill();

  const part = await fetch(target, { headers: { range: "bytes=2-4" } });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), "bytes 2-4/10");
  assert.equal(part.headers.get("access-control-allow-origin"), "*");
  assert.equal(await part.text(), "234");

  const beyond = await fetch(target, { headers: { range: "bytes=10-" } });
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers.get("content-range"), "bytes */10");
  await beyond.body?.cancel();

  const head = await fetch(target, { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.headers.get("content-length"), "10");

  const preflight = await fetch(target, { method: "OPTIONS" });
  assert.equal(preflight.status, 204);
  assert.match(preflight.headers.get("access-control-allow-headers") ?? "", /Range/);

  const post = await fetch(target, { method: "POST", body: "x" });
  assert.equal(post.status, 405);
  await post.body?.cancel();

  const away = await fetch(`${url}/live/100001/main.m3u8`);
  assert.equal(away.status, 503);
  assert.equal(away.headers.get("retry-after"), "1");
  await away.body?.cancel();
  const unknown = await fetch(`${url}/live/..%2f..%2finternal`);
  assert.equal(unknown.status, 404);
  assert.equal(unknown.headers.get("content-type"), "application/problem+json");
  await unknown.body?.cancel();
  await edge.stop();
});

Deno.test("a 404 is kept for a moment, so that many askers are one request", async () => {
  const origin = new EdgeOrigin();
  await origin.start();
  const { edge, url } = await startEdge({ origins: [origin.url] });
  for (let i = 0; i < 5; i++) {
    const answer = await fetch(`${url}/live/100009/index.m3u8?x=${i}`);
    assert.equal(answer.status, 404);
    await answer.body?.cancel();
  }
  assert.ok(origin.total < 5);
  await edge.stop();
  await origin.kill();
});

Deno.test("stills are relayed with their validators, and who looks at one is no viewer", async () => {
  const origin = new EdgeOrigin();
  origin.handler = (_request, response) => {
    response.writeHead(200, {
      "content-type": "image/jpeg",
      "cache-control": "public, max-age=10, stale-while-revalidate=20",
      "etag": '"m1"',
      "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
    }).end("jpeg");
  };
  await origin.start();
  const { edge, metrics, url } = await startEdge({ origins: [origin.url] });
  const serverless = createEdge({ origins: [origin.url], clusterSecret: EDGE_SECRET });
  const asks = [
    (headers: HeadersInit) => fetch(`${url}/live/100001/still.jpg?t=1`, { headers }),
    (headers: HeadersInit) =>
      serverless.fetch(new Request("http://edge/live/100001/still.jpg?t=2", { headers })),
  ];
  for (const [at, ask] of asks.entries()) {
    const still = await ask({});
    assert.equal(still.status, 200);
    assert.equal(still.headers.get("content-type"), "image/jpeg");
    assert.equal(still.headers.get("etag"), '"m1"');
    assert.equal(still.headers.get("access-control-allow-origin"), "*");
    assert.equal(await still.text(), "jpeg");
    const known = await ask({ "if-none-match": '"m1"' });
    assert.equal(known.status, 304);
    assert.equal(await known.text(), "");
    assert.equal(origin.requests.get("/live/100001/still.jpg"), at + 1);
  }
  assert.match(await metrics.text(), /wanren_edge_viewers\{protocol="hls",[^}]*\} 0/);
  serverless.stop();
  await edge.stop();
  await origin.kill();
});

Deno.test("requests to web carry what the edge knows, not what clients claim", async () => {
  const seen: IncomingMessage[] = [];
  const bodies: number[] = [];
  const web = await startWeb(async (request, response) => {
    if (request.url?.startsWith("/internal")) return void response.writeHead(204).end();
    seen.push(request);
    let size = 0;
    for await (const chunk of request) size += chunk.length;
    bodies.push(size);
    response.writeHead(201, { "set-cookie": ["a=1", "b=2"], "connection": "x-hop", "x-hop": "1" });
    response.end(`${request.method} ${request.url}`);
  });
  const { edge, url } = await startEdge({ webUrl: web.url });
  const answer = await fetch(`${url}/api/rooms?x=1`, {
    method: "POST",
    body: new Uint8Array(300_000),
    headers: {
      "x-forwarded-for": "10.1.1.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
      "x-real-ip": "10.1.1.1",
      "forwarded": "for=10.1.1.1",
      "x-wanren-cluster": "guess",
    },
  });
  assert.equal(answer.status, 201);
  assert.deepEqual(answer.headers.getSetCookie(), ["a=1", "b=2"]);
  assert.equal(answer.headers.get("x-hop"), null);
  assert.equal(await answer.text(), "POST /api/rooms?x=1");
  assert.deepEqual(bodies, [300_000]);
  const { headers } = seen[0]!;
  assert.equal(headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(headers["x-forwarded-proto"], "http");
  assert.equal(headers["x-forwarded-host"], `127.0.0.1:${edge.port}`);
  assert.equal(headers["x-real-ip"], undefined);
  assert.equal(headers.forwarded, undefined);
  assert.equal(headers["x-wanren-cluster"], EDGE_SECRET);

  for (
    const path of [
      "/internal/publish",
      "/INTERNAL/x",
      "/%69nternal/x",
      "//internal/x",
      "/a/../internal/x",
      "/a/%2e%2e/internal/x",
      "/debug/heap",
    ]
  ) {
    const text = await exchangeRaw(
      edge.port,
      `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    assert.match(text, /^HTTP\/1\.1 404 /, path);
  }
  const absolute = await exchangeRaw(
    edge.port,
    "GET http://a/internal/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  );
  assert.match(absolute, /^HTTP\/1\.1 404 /);
  assert.equal(seen.length, 1);
  await edge.stop();

  const behind = await startEdge({ webUrl: web.url, trustedProxies: ["127.0.0.0/8"] });
  await (await fetch(`${behind.url}/`, {
    headers: {
      "x-forwarded-for": "203.0.113.9, 198.51.100.4, 127.0.0.5",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "live.example",
    },
  })).body?.cancel();
  const trusted = seen.at(-1)!.headers;
  assert.equal(trusted["x-forwarded-for"], "198.51.100.4");
  assert.equal(trusted["x-forwarded-proto"], "https");
  assert.equal(trusted["x-forwarded-host"], "live.example");
  await behind.edge.stop();
  await web.stop();
});

Deno.test("while web is away, programs get a problem and people a page", async () => {
  const { edge, url } = await startEdge({ webUrl: NOBODY });
  const api = await fetch(`${url}/api/rooms`);
  assert.equal(api.status, 503);
  assert.equal(api.headers.get("retry-after"), "1");
  assert.equal(api.headers.get("content-type"), "application/problem+json");
  await api.body?.cancel();
  const page = await fetch(`${url}/`, {
    headers: { "accept": "text/html,*/*", "accept-language": "zh-CN,zh;q=0.9,en;q=0.8" },
  });
  assert.equal(page.status, 503);
  assert.match(page.headers.get("content-type") ?? "", /text\/html/);
  assert.equal(page.headers.get("refresh"), "3");
  assert.match(page.headers.get("content-security-policy") ?? "", /^default-src 'none'; style-src/);
  assert.match(await page.text(), /lang="zh-CN"/);
  await edge.stop();
});

Deno.test("what the edge refuses is a page for people and a problem for programs", async () => {
  const { edge, url } = await startEdge({ webUrl: NOBODY });
  for (
    const path of ["/internal/health", "/debug/x", "/assets/none.js", "/live/%00", "/live/a/b/"]
  ) {
    const problem = await fetch(url + path, { headers: { accept: "*/*" } });
    assert.equal(problem.headers.get("content-type"), "application/problem+json", path);
    await problem.body?.cancel();
    const page = await fetch(url + path, {
      headers: { accept: "text/html", cookie: "wanren_locale=en; wanren_theme=dark" },
    });
    assert.equal(page.status, 404, path);
    assert.equal(page.headers.get("cache-control"), "no-store");
    assert.match(await page.text(), /<html lang="en" data-theme="dark">[^]*See who is live/);
  }
  await edge.stop();
});

Deno.test("a body above the bound is refused", async () => {
  const web = await startWeb((request, response) => {
    request.resume();
    request.on("end", () => response.end("ok"));
    request.on("error", () => {});
  });
  const { edge } = await startEdge({ webUrl: web.url });
  const declared = await exchangeRaw(
    edge.port,
    "POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n",
  );
  assert.match(declared, /^HTTP\/1\.1 413 /);
  await edge.stop();
  await web.stop();
});

Deno.test("a body that grows above the bound without saying so is refused", async () => {
  const web = await startWeb((request, response) => {
    request.resume();
    request.on("end", () => response.end("ok"));
    request.on("error", () => {});
  });
  const proxy = new WebProxy({ webUrl: web.url, clusterSecret: EDGE_SECRET, maxBodyBytes: 10_000 });
  const forwarded = { address: "127.0.0.1", proto: "http", host: "a" } as const;
  const front = await startWeb((request, response) => {
    request.on("error", () => {});
    proxy.forward({ request, response, target: "/api/x", forwarded });
  });
  const chunk = `1000\r\n${"x".repeat(4096)}\r\n`;
  const head = "POST /api/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const refused = await exchangeRaw(front.port, head + chunk.repeat(3));
  assert.match(refused, /^HTTP\/1\.1 413 /);
  const small = await fetch(`${front.url}/api/x`, { method: "POST", body: "x".repeat(9000) });
  assert.equal(await small.text(), "ok");
  proxy.stop();
  await front.stop();
  await web.stop();
});

Deno.test("several edge processes share a port", async () => {
  const first = await startEdge({ edgeProcesses: 2 });
  const second = await startEdge({ edgeProcesses: 2, port: first.edge.port });
  assert.equal(second.edge.port, first.edge.port);
  await first.edge.stop();
  assert.equal(await (await fetch(`${second.url}/healthz`)).text(), "ok");
  await second.edge.stop();
});

Deno.test("a WebSocket upgrade is passed through, and a refused one gets the status of web", async () => {
  const web = await startWeb((_request, response) => void response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true });
  web.server.on("upgrade", (request, socket, head) => {
    if (request.url !== "/signal/room?x=1") {
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    assert.equal(request.headers["x-wanren-cluster"], EDGE_SECRET);
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on("message", (data: Buffer) => client.send(`echo ${data}`));
    });
  });
  const { edge, url } = await startEdge({ webUrl: web.url });
  const base = url.replace("http", "ws");
  const socket = new WebSocket(`${base}/signal/room?x=1`);
  const echoed = new Promise((resolve) => socket.once("message", (data) => resolve(String(data))));
  socket.once("open", () => socket.send("hello"));
  assert.equal(await echoed, "echo hello");
  for (const [path, expected] of [["/signal/other", 403], ["/internal/x", 404]] as const) {
    const refused = new WebSocket(base + path);
    refused.on("error", () => {});
    const status = await new Promise((resolve) =>
      refused.once("unexpected-response", (_request, response) => {
        response.destroy();
        resolve(response.statusCode);
      })
    );
    assert.equal(status, expected);
  }
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.close();
  await closed;
  await edge.stop();
  sockets.close();
  await web.stop();
});

Deno.test("hostile clients are cut: half a head, huge heads, too many connections", async () => {
  const { edge, url } = await startEdge({}, {
    limits: { headersTimeoutMs: 300, checkIntervalMs: 50, maxConnections: 3 },
  });
  const half = await exchangeRaw(edge.port, "GET / HTTP/1.1\r\nHos");
  assert.doesNotMatch(half, /200 OK/);
  await exchangeRaw(edge.port, `GET / HTTP/1.1\r\nX: ${"a".repeat(20_000)}\r\n\r\n`);
  await exchangeRaw(edge.port, "\x16\x03\x01\x02\x00\x01\x00garbage\r\n\r\n");
  const health = await fetch(`${url}/healthz`);
  assert.equal(await health.text(), "ok");
  const idle = [1, 2, 3].map(() => {
    const socket = connectTcp(edge.port, "127.0.0.1");
    socket.on("error", () => {});
    return socket;
  });
  await Promise.all(
    idle.map((socket) => new Promise((resolve) => socket.once("connect", resolve))),
  );
  await waitFor(
    "a refusal",
    async () =>
      (await exchangeRaw(
        edge.port,
        "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      ))
        .startsWith("HTTP/1.1 503"),
  );
  for (const socket of idle) socket.destroy();
  await edge.stop();
});

Deno.test("assets come from memory, compressed where a client takes it, and cached for good", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/assets/fonts`, { recursive: true });
  await Deno.writeTextFile(`${folder}/assets/app-0A1B2C3D.js`, "console.log(1)");
  await Deno.writeTextFile(`${folder}/assets/app-0A1B2C3D.js.br`, "brotli");
  await Deno.writeTextFile(`${folder}/assets/fonts/plain.woff2`, "font");
  const { edge, url } = await startEdge({ assetsDir: folder });
  const plain = await fetch(`${url}/assets/app-0A1B2C3D.js`, {
    headers: { "accept-encoding": "identity" },
  });
  assert.equal(plain.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.match(plain.headers.get("cache-control") ?? "", /immutable/);
  assert.equal(plain.headers.get("vary"), "Accept-Encoding");
  assert.equal(await plain.text(), "console.log(1)");
  const raw = await exchangeRaw(
    edge.port,
    "GET /assets/app-0A1B2C3D.js HTTP/1.1\r\nHost: a\r\n" +
      "Accept-Encoding: gzip, br\r\nConnection: close\r\n\r\n",
  );
  assert.match(raw, /content-encoding: br/);
  assert.match(raw, /brotli$/);
  const font = await fetch(`${url}/assets/fonts/plain.woff2`);
  assert.doesNotMatch(font.headers.get("cache-control") ?? "", /immutable/);
  await font.body?.cancel();
  const missing = await fetch(`${url}/assets/../../etc/passwd`);
  assert.equal(missing.status, 503, "not an asset: it goes to web, which is away");
  await missing.body?.cancel();
  const none = await fetch(`${url}/assets/none.js`);
  assert.equal(none.status, 404);
  await none.body?.cancel();
  await edge.stop();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("metrics of all roles stand in one exposition, viewers are reported to web", async () => {
  const reports: { node: string; rooms: Record<string, unknown> }[] = [];
  const web = await startWeb(async (request, response) => {
    if (request.url === "/metrics") {
      assert.equal(request.headers.authorization, `Bearer ${EDGE_SECRET}`);
      response.end('# HELP wanren_x X\n# TYPE wanren_x gauge\nwanren_x{role="web"} 1\n');
      return;
    }
    assert.equal(request.url, "/internal/viewers");
    assert.equal(request.method, "PUT");
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    reports.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(204).end();
  });
  const origin = new EdgeOrigin();
  origin.handler = (request, response) => {
    if (request.url === "/metrics") {
      response.end('# HELP wanren_x X\n# TYPE wanren_x gauge\nwanren_x{role="media"} 2\n');
    } else response.end("#EXTM3U\n");
  };
  await origin.start();
  const { edge, url } = await startEdge({ webUrl: web.url, origins: [origin.url] }, {
    reportIntervalMs: 50,
  });
  const text = await (await fetch(`${url}/metrics`)).text();
  assert.equal(text.match(/# TYPE wanren_x /g)?.length, 1);
  assert.match(text, /wanren_x\{role="web"\} 1\nwanren_x\{role="media"\} 2\n/);
  assert.match(text, /wanren_edge_connections\{role="edge"\} \d/);
  assert.match(text, /wanren_scrape_up\{role="web"\} 1/);
  for (const agent of ["one", "two", "one"]) {
    const answer = await fetch(`${url}/live/100002/index.m3u8`, {
      headers: { "user-agent": agent },
    });
    await answer.body?.cancel();
  }
  const flv = await fetch(`${url}/live/100001.flv`);
  await waitFor("the report", () => {
    const rooms = reports.at(-1)?.rooms;
    return JSON.stringify(rooms?.["100001"]) === '{"flv":1,"ws":0,"hls":0,"chat":0}' &&
      JSON.stringify(rooms?.["100002"]) === '{"flv":0,"ws":0,"hls":2,"chat":0}';
  });
  await flv.body?.cancel();
  await edge.stop();
  await origin.kill();
  await web.stop();
});

Deno.test("bodies that come slowly take no connection to web", async () => {
  const web = await startWeb((request, response) => {
    request.resume();
    request.on("end", () => response.end("ok"));
    request.on("error", () => {});
  });
  const { edge, url } = await startEdge({ webUrl: web.url });
  const head = "Host: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n";
  const slow = Array.from({ length: 300 }, (_, n) => {
    const socket = connectTcp({ host: "127.0.0.1", port: edge.port });
    const path = n % 2 === 0 ? "/api/rooms/100001/messages" : "/api/x";
    socket.write(`POST ${path} HTTP/1.1\r\n${head}{`);
    socket.on("error", () => {});
    return { socket, closed: new Promise((resolve) => socket.once("close", resolve)) };
  });
  await waitFor("all of them", () => edge.health!().connections! >= 300);
  for (const path of ["/api/rooms/100001/messages", "/api/x"]) {
    const answer = await fetch(`${url}${path}`, { method: "POST", body: "{}" });
    assert.equal(await answer.text(), "ok");
  }
  const tooLong = await fetch(`${url}/api/rooms/100001/messages`, {
    method: "POST",
    body: "x".repeat(100_000),
  });
  assert.equal(tooLong.status, 413);
  await tooLong.body?.cancel();
  for (const { socket, closed } of slow) {
    socket.destroy();
    await closed;
  }
  await edge.stop();
  await web.stop();
});

Deno.test("a crowd that talks is held back, and what else is asked for passes it", async () => {
  const held: (() => void)[] = [];
  let running = 0;
  const web = await startWeb((request, response) => {
    request.resume();
    request.on("end", () => {
      if (request.method !== "POST") return void response.end("ok");
      running++;
      held.push(() => response.writeHead(201).end("said"));
    });
  });
  const { edge, url } = await startEdge({ webUrl: web.url });
  const crowd = Array.from({ length: 1_800 }, async () => {
    const answer = await fetch(`${url}/api/rooms/100001/messages`, { method: "POST", body: "{}" });
    await answer.body?.cancel();
    return answer.status;
  });
  await waitFor("the crowd", () => edge.health!().connections! >= 1_800);
  assert.equal(running, 192);
  const other = await fetch(`${url}/api/rooms/100001/history`);
  assert.equal(await other.text(), "ok");
  const answers = Promise.all(crowd);
  const release = setInterval(() => held.splice(0).forEach((answer) => answer()), 5);
  const statuses = await answers;
  clearInterval(release);
  const refused = statuses.filter((status) => status === 429).length;
  assert.equal(statuses.filter((status) => status === 201).length + refused, 1_800);
  assert.ok(refused > 0 && refused <= 1_800 - 1_500 - 192, `${refused} were refused`);
  assert.equal(running, 1_800 - refused);
  await edge.stop();
  await web.stop();
});
