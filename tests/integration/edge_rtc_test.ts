import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { ensureSelfSigned } from "../../platform/certificate.ts";
import { EDGE_SECRET, NOBODY, startEdge } from "../support/edge_setup.ts";

async function startRtc(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

Deno.test("what sets up WebRTC goes to rtc as it is, and its answer comes back whole", async () => {
  const seen: Record<string, unknown>[] = [];
  const rtc = await startRtc((request, response) => {
    let body = "";
    request.on("data", (chunk) => body += chunk);
    request.on("end", () => {
      const { method, url, headers } = request;
      seen.push({ method, url, headers, body });
      response.writeHead(201, {
        "content-type": "application/sdp",
        "location": "/whip/100001/abc",
        "etag": '"1"',
        "link": '<stun:a>; rel="ice-server"',
        "access-control-allow-origin": "*",
      }).end("v=0");
    });
  });
  const { edge, url } = await startEdge({ rtcUrl: rtc.url, origins: [NOBODY] });
  try {
    const response = await fetch(`${url}/whip/100001?layer=low`, {
      method: "POST",
      headers: {
        "authorization": "Bearer key",
        "content-type": "application/sdp",
        "x-forwarded-for": "198.51.100.1",
        "x-wanren-cluster": "forged",
      },
      body: "v=0 offer",
    });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get("location"), "/whip/100001/abc");
    assert.equal(response.headers.get("etag"), '"1"');
    assert.equal(response.headers.get("link"), '<stun:a>; rel="ice-server"');
    assert.equal(await response.text(), "v=0");
    for (const method of ["PATCH", "DELETE", "OPTIONS"]) {
      await (await fetch(`${url}/whep/100001/abc`, { method })).body?.cancel();
    }
    assert.deepEqual(seen.map(({ method, url }) => [method, url]), [
      ["POST", "/whip/100001?layer=low"],
      ["PATCH", "/whep/100001/abc"],
      ["DELETE", "/whep/100001/abc"],
      ["OPTIONS", "/whep/100001/abc"],
    ]);
    const headers = seen[0]!.headers as Record<string, string>;
    assert.equal(headers.authorization, "Bearer key");
    assert.equal(headers["x-forwarded-for"], "127.0.0.1");
    assert.equal(headers["x-wanren-cluster"], EDGE_SECRET);
    assert.equal(seen[0]!.body, "v=0 offer");
  } finally {
    await edge.stop();
    await rtc.stop();
  }
});

Deno.test("while rtc is away everybody gets a problem that names another way, never a page", async () => {
  const { edge, url } = await startEdge({ rtcUrl: NOBODY, origins: [NOBODY] });
  try {
    for (const accept of ["application/sdp", "text/html"]) {
      const response = await fetch(`${url}/whep/100001`, {
        method: "POST",
        headers: { "content-type": "application/sdp", accept },
        body: "v=0",
      });
      assert.equal(response.status, 503);
      assert.equal(response.headers.get("retry-after"), "1");
      assert.equal(response.headers.get("access-control-allow-origin"), "*");
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      const problem = await response.json();
      assert.equal(problem.code, "rtc_away");
      assert.match(problem.detail, /FLV or HLS/);
    }
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assert.match(metrics, /wanren_edge_rtc_failures_total\{[^}]*\} 2/);
    assert.match(metrics, /wanren_scrape_up\{role="rtc"\} 0/);
  } finally {
    await edge.stop();
  }
});

Deno.test("a body above what any offer needs does not reach rtc", async () => {
  const { edge, url } = await startEdge({ rtcUrl: NOBODY, origins: [NOBODY] });
  try {
    const response = await fetch(`${url}/whip/100001`, {
      method: "POST",
      body: "a".repeat(130 * 1024),
    });
    await response.body?.cancel();
    assert.equal(response.status, 413);
  } finally {
    await edge.stop();
  }
});

Deno.test("over TLS and HTTP/2 an offer goes to rtc, and DELETE without a body ends the session", async () => {
  const seen: (readonly [string | undefined, string, string])[] = [];
  const rtc = await startRtc((request, response) => {
    let body = "";
    request.on("data", (chunk) => body += chunk);
    request.on("end", () => {
      seen.push([request.method, body, String(request.headers["x-forwarded-proto"])]);
      response.writeHead(request.method === "POST" ? 201 : 200, { location: "/whip/100001/a" });
      response.end("v=0");
    });
  });
  const folder = await Deno.makeTempDir();
  const files = { certFile: `${folder}/cert.pem`, keyFile: `${folder}/key.pem` };
  await ensureSelfSigned(files);
  const { edge, url } = await startEdge({
    tls: "on",
    tlsCertFile: files.certFile,
    tlsKeyFile: files.keyFile,
    origins: [NOBODY],
    rtcUrl: rtc.url,
  });
  const session = connectHttp2(url, { rejectUnauthorized: false });
  const request = (method: string, body: string) =>
    new Promise<number>((resolve, reject) => {
      const stream = session.request({
        ":method": method,
        ":path": "/whip/100001",
        "content-type": "application/sdp",
      });
      let status = 0;
      stream.on("response", (answer) => status = Number(answer[":status"]));
      stream.on("error", reject);
      stream.on("end", () => resolve(status));
      stream.resume();
      // Of DELETE the request ends with its head.
      if (method === "POST") stream.end(body);
    });
  try {
    assert.equal(await request("POST", "v=0 offer"), 201);
    assert.equal(await request("DELETE", ""), 200);
    assert.deepEqual(seen, [["POST", "v=0 offer", "https"], ["DELETE", "", "https"]]);
  } finally {
    session.close();
    await edge.stop();
    await rtc.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
