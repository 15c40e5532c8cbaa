/**
 * The role `rtc` without its network: real HTTP and signalling over transports that remember what was
 * sent, and a `media` that takes every key but one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Hubs } from "../../media/rtc/egress/hubs.ts";
import { RtcHttpServer } from "../../media/rtc/http_server.ts";
import type { PublishClaim, Uplink, UplinkEvents } from "../../media/rtc/ingest/publish_uplink.ts";
import type { RtcLimits } from "../../media/rtc/limits.ts";
import { refusal } from "../../media/rtc/refusal.ts";
import { RtcSignalling } from "../../media/rtc/signalling.ts";
import { SfuCalls } from "../../media/rtc/sfu/calls.ts";
import { FakePeers } from "../../media/rtc/testing.ts";
import { silentLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";
import { iceOffer } from "./rtc_offers.ts";

/** The cluster's secret. */
export const RTC_SECRET = "integration-secret-0123456789";

/** The role, until it is disposed. */
export class TestRtc {
  readonly peers = new FakePeers();
  readonly claims: PublishClaim[] = [];
  readonly ended: string[] = [];
  readonly uplinkEvents: UplinkEvents[] = [];
  readonly hubs: Hubs;
  readonly signalling: RtcSignalling;
  readonly calls: SfuCalls;
  nowMs = 1_700_000_000_000;
  #http: RtcHttpServer | null = null;

  constructor(
    options: { readonly limits?: Partial<RtcLimits>; readonly rateLimits?: boolean } = {},
  ) {
    const now = () => this.nowMs;
    this.hubs = new Hubs({
      // Room 100002 is live by RTMP.
      pull: (hub, signal) => {
        if (hub.room !== "100002") return Promise.resolve("not_live");
        hub.attach({ origin: "flv", requestKeyFrame: () => {}, onDetached: () => {} }).describe({
          video: { codec: "h264", clockRate: 90_000, layers: 1 },
          audio: { codec: "opus", clockRate: 48_000, layers: 1 },
        });
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve("failed")));
      },
      now,
      log: silentLogger,
    });
    this.signalling = new RtcSignalling({
      peers: this.peers,
      hubs: this.hubs,
      openUplink: (claim, events) => this.#open(claim, events),
      ice: {
        iceServers: [{ urls: ["stun:stun.example:3478"] }],
        turnUrls: ["turn:turn.example:3478"],
        turnSecret: "north-secret",
      },
      opensSeat: ({ pass }) => pass === "pass",
      publicAddresses: ["203.0.113.7"],
      rateLimits: options.rateLimits ?? false,
      limits: options.limits,
      log: silentLogger,
      now,
    });
    this.calls = new SfuCalls({
      peers: this.peers,
      publicAddresses: ["203.0.113.7"],
      now,
      random: (below) => Math.floor(Math.random() * below),
      log: silentLogger,
      received: this.signalling.received,
      sent: this.signalling.sent,
    });
  }

  /** What `web` asks of calls. */
  async call(path: string, init: RequestInit = {}): Promise<Response> {
    return await this.fetch(`/sfu/${path}`, {
      ...init,
      headers: { authorization: `Bearer ${RTC_SECRET}`, ...init.headers },
    });
  }

  /** Serves HTTP from now on. */
  async listen(): Promise<this> {
    this.#http = await RtcHttpServer.listen({
      host: "127.0.0.1",
      port: 0,
      clusterSecret: RTC_SECRET,
      signalling: this.signalling,
      calls: this.calls,
      inspect: () => this.signalling.sessions.all().map((session) => session.inspect()),
      log: silentLogger,
      metrics: new Metrics("rtc"),
    });
    return this;
  }

  /** The whole answer is read: nothing of it is left open. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`http://127.0.0.1:${this.#http!.port}${path}`, init);
    const body = await response.text();
    const { status, headers } = response;
    return new Response(body === "" ? null : body, { status, headers });
  }

  /** An offer to a room. */
  async offer(
    kind: "whip" | "whep",
    options: { room?: string; sdp?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    return await this.fetch(`/${kind}/${options.room ?? (kind === "whip" ? "100001" : "100002")}`, {
      method: "POST",
      headers: {
        "content-type": "application/sdp",
        ...(kind === "whip" && { authorization: "Bearer good-key" }),
        ...options.headers,
      },
      body: options.sdp ?? iceOffer(kind === "whip" ? "sendonly" : "recvonly"),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signalling.stop();
    this.calls.stop();
    this.hubs.stop();
    await this.#http?.stop();
  }

  #open(claim: PublishClaim, events: UplinkEvents): Promise<Uplink> {
    if (claim.key !== "good-key") {
      return Promise.reject(refusal(401, {
        code: "wrong_key",
        title: "Publishing was refused",
        detail: "The publish key is wrong.",
        headers: { "www-authenticate": "Bearer" },
      }));
    }
    this.claims.push(claim);
    this.uplinkEvents.push(events);
    return Promise.resolve({
      isOpen: true,
      send: () => true,
      end: (reason) => void this.ended.push(reason),
    });
  }
}

/** The problem of a refusal, which every page may read, with a sentence in it. */
export async function problemOf(response: Response): Promise<{ code: string; detail: string }> {
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  const body = await response.json();
  assert.equal(body.status, response.status);
  assert.ok(body.detail.length > 10, "a sentence that says what to do");
  return body;
}
