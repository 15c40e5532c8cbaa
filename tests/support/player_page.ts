/**
 * A bare page with nothing but the player, served with the pages' security policy by a server that
 * can be taken away and brought back.
 *
 * @module
 */
import { renderToString } from "preact-render-to-string";
import { IconSprite, isIconName } from "../../islands/ui/icon_sprite.tsx";
import { join } from "node:path";
import { buildIslands } from "../../tools/build_islands.ts";
import type { AssetManifest } from "../../islands/ui/manifest.ts";
import type { PlayerPageSource } from "./player_page_source.ts";

/** The room of the page. */
export const PAGE_ROOM = "100001";

const POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "worker-src 'self' blob:; media-src 'self' blob:; connect-src 'self' ws: wss:";

/** Ways to fetch the stream that the server can refuse. */
export type RefusedRoute = "ws-flv" | "flv" | "llhls" | "hls";

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
  m3u8: "application/vnd.apple.mpegurl",
  ts: "video/mp2t",
  m4s: "video/mp4",
  mp4: "video/mp4",
};

/** The islands, built once for all pages of a test file. */
export class PlayerBuild {
  private constructor(readonly dir: string, readonly manifest: AssetManifest) {}

  static async make(): Promise<PlayerBuild> {
    const dir = await Deno.makeTempDir({ prefix: "player-build-" });
    return new PlayerBuild(dir, await buildIslands({ outDir: dir, minify: true }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.dir, { recursive: true });
  }
}

/** How the page looks. */
export interface PlayerPageOptions {
  readonly source: PlayerPageSource;
  readonly build: PlayerBuild;
  readonly live?: boolean;
  readonly mode?: "watch" | "preview";
  readonly locale?: "en" | "zh";
  /** The room is offered by WebRTC, too; somebody else has to answer there. Default: it is not. */
  readonly whep?: boolean;
}

/** Serves the page until it is disposed. */
export class PlayerPage {
  /** What the room's API says. */
  live: boolean;
  /** Routes that answer 500 instead of the stream. */
  readonly refused = new Set<RefusedRoute>();
  readonly #options: PlayerPageOptions;
  #server: Deno.HttpServer<Deno.NetAddr> | null = null;
  #abort = new AbortController();
  #port = 0;

  constructor(options: PlayerPageOptions) {
    this.#options = options;
    this.live = options.live ?? true;
    this.goUp();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Brings the server (back) to its port. */
  goUp(): void {
    this.#abort = new AbortController();
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: this.#port, signal: this.#abort.signal, onListen: () => {} },
      (request) => this.#answer(request),
    );
    this.#port = this.#server.addr.port;
  }

  /** Takes the server away with all its connections. */
  async goDown(): Promise<void> {
    this.#options.source.cutReaders();
    this.#abort.abort();
    await this.#server?.finished;
    this.#server = null;
  }

  /** Ends the running FLV connections; the server stays. */
  cutStream(): void {
    this.#options.source.cutReaders();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server !== null) await this.goDown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return this.#page();
    if (pathname === `/api/rooms/${PAGE_ROOM}`) {
      return Response.json({ room: { id: PAGE_ROOM, live: this.live, ...this.#room() } });
    }
    if (pathname === `/live/${PAGE_ROOM}.flv`) return this.#flv(request);
    const file = /^\/(assets|hls)\/([\w.-]+)$/.exec(pathname);
    if (file === null) return new Response(null, { status: 404 });
    const [, kind, name] = file as unknown as [string, string, string];
    if (kind === "hls") {
      const route = name.startsWith("ts") ? "hls" : "llhls";
      if (!this.live) return new Response(null, { status: 404 });
      if (this.refused.has(route)) return new Response(null, { status: 500 });
      return await this.#file(join(this.#options.source.hlsDir, name));
    }
    return await this.#file(join(this.#options.build.dir, "assets", name));
  }

  #flv(request: Request): Response {
    const { source } = this.#options;
    const socket = request.headers.get("upgrade") === "websocket";
    if (!this.live) return new Response(null, { status: 404 });
    if (this.refused.has(socket ? "ws-flv" : "flv")) return new Response(null, { status: 500 });
    if (!socket) {
      return new Response(source.flvBody(), { headers: { "content-type": "video/x-flv" } });
    }
    const upgraded = Deno.upgradeWebSocket(request);
    source.flvSocket(upgraded.socket);
    return upgraded.response;
  }

  async #file(path: string): Promise<Response> {
    const bytes = await Deno.readFile(path).catch((error: unknown) => {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    });
    if (bytes === null) return new Response(null, { status: 404 });
    const type = TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    return new Response(bytes, { headers: { "content-type": type, "cache-control": "no-store" } });
  }

  #room() {
    return {
      startedAt: null,
      playback: {
        llhls: "/hls/cmaf.m3u8",
        hls: "/hls/ts.m3u8",
        flv: `/live/${PAGE_ROOM}.flv`,
        rtmp: null,
        whep: this.#options.whep === true ? `/whep/${PAGE_ROOM}` : null,
      },
    };
  }

  #page(): Response {
    const { build, mode = "watch", locale = "en" } = this.#options;
    const island = build.manifest.islands["Player"];
    if (island === undefined) throw new Error("Cannot serve player page: Player is not built");
    const props = JSON.stringify({
      roomId: PAGE_ROOM,
      title: "Test picture",
      live: this.live,
      startedAtMs: null,
      playback: this.#room().playback,
      locale,
      mode,
      view: null,
      hlsWorkerUrl: build.manifest.files["hls.worker.js"] ?? "",
    }).replaceAll("&", "&amp;").replaceAll("'", "&#39;");
    const sprite = renderToString(IconSprite({ names: island.icons.filter(isIconName) }));
    const html = `<!doctype html><html lang="${locale}"><head><meta charset="utf-8">
<title>Player</title><meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="${build.manifest.css}"><link rel="stylesheet" href="${build.manifest.styles.player}">
<style>body{margin:0}main{width:100%;max-width:1040px;margin:0 auto}</style></head><body>${sprite}<main>
<wanren-island name="Player" client-only props='${props}'></wanren-island></main>
<script type="module" src="${island.js}"></script></body></html>`;
    return new Response(html, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": POLICY + "; img-src 'self' data:",
      },
    });
  }
}
