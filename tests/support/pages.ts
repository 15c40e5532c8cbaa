/**
 * The pages in front of the real business, over the memory store.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Hono } from "hono";
import type { AssetManifest, EarlyScript, IslandAssets } from "../../islands/ui/manifest.ts";
import { ticketBox } from "../../im/ticket.ts";
import { silentLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";
import { type Business, openBusiness } from "../../rooms/business.ts";
import { ImageWorkshop } from "../../rooms/images/image_workshop.ts";
import { Pictures } from "../../rooms/images/pictures.ts";
import { KeyVault } from "../../rooms/key_vault.ts";
import { LiveState } from "../../rooms/live_state.ts";
import type { Account, RoomState } from "../../rooms/model.ts";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { createApp } from "../../routes/app.ts";
import { Gateways } from "../../routes/im_gateways.ts";
import { Operations } from "../../routes/operations.ts";
import { OriginClient } from "../../routes/origin_client.ts";
import { createPages, errorAnswer, failurePage } from "../../routes/pages/mod.tsx";
import type { Services } from "../../routes/services.ts";
import { openMemoryImages } from "../../store/memory/images.ts";
import { openMemoryLog } from "../../store/memory/messages.ts";
import { openMemoryMoney } from "../../store/memory/money.ts";
import { openMemoryStore } from "../../store/memory/mod.ts";
import { PAGE_ISLANDS } from "../../tools/bundle_scripts.ts";
import { CLUSTER_SECRET, reportOf, SETUP_TOKEN } from "./web.ts";

function entryOf(name: string): IslandAssets {
  return {
    js: `/assets/${name}-AAAA.js`,
    imports: ["/assets/shared-BBBB.js"],
    lazy: {
      "islands/player/flv_source.ts": ["/assets/flv-EEEE.js"],
      "islands/player/hls_source.ts": ["/assets/hls-EEEE.js"],
    },
    icons: ["check"],
  };
}

/** What the build writes into a page that plays at once. */
export const HEAD_START: EarlyScript = scriptOf('console.info("head start");');
const EARLY: Readonly<Record<string, EarlyScript>> = { embed: HEAD_START, watch: HEAD_START };

/** A manifest as the build writes it. */
export const MANIFEST: AssetManifest = {
  islands: Object.fromEntries(
    [...Deno.readDirSync(new URL("../../islands/", import.meta.url))]
      .filter((file) => /^[A-Z]\w*\.tsx$/.test(file.name))
      .map(({ name }) => name.slice(0, -".tsx".length))
      .map((name) => [name, entryOf(name)]),
  ),
  pages: Object.fromEntries(
    Object.entries(PAGE_ISLANDS).map((
      [name, islands],
    ) => [name, { ...entryOf(name), islands, early: EARLY[name] ?? null }]),
  ),
  css: "/assets/app-CCCC.css",
  styles: { player: "/assets/player-CCCC.css", watch: "/assets/watch-CCCC.css" },
  sheets: {
    "/assets/app-CCCC.css": "body>main{color:red}",
    "/assets/watch-CCCC.css": '.watch{content:"<"}',
  },
  files: {
    "favicon.ico": "/assets/favicon-DDDD.ico",
    "favicon.svg": "/assets/favicon-DDDD.svg",
    "hls.worker.js": "/assets/hls.worker-DDDD.js",
    "icon-192.png": "/assets/icon-192-DDDD.png",
    "icon-512.png": "/assets/icon-512-DDDD.png",
    "apple-touch-icon.png": "/assets/apple-touch-icon-DDDD.png",
  },
  built: {},
};

/** The site under test; `await using` ends it. */
export interface Site extends AsyncDisposable {
  readonly business: Business;
  readonly app: Hono;
  readonly live: LiveState;
  get(path: string, options?: SiteRequest): Promise<Response>;
  /** Sends a form as a browser would from one of our pages. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    options?: SiteRequest,
  ): Promise<Response>;
  /** An account with its session cookie. */
  member(name: string): Promise<{ account: Account; cookie: string }>;
  /** The administrator of the set-up link. */
  admin(): Promise<{ account: Account; cookie: string }>;
  room(name: string, title: string): Promise<RoomState & { account: Account; cookie: string }>;
  /** Puts rooms on the air with so many viewers. */
  goLive(viewers: Readonly<Record<string, number>>): void;
}

/** What a request carries besides. */
export interface SiteRequest {
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the site behaves. */
export interface SiteOptions {
  readonly rateLimits?: boolean;
  /** A build that is really there; default: {@linkcode MANIFEST}. */
  readonly manifest?: AssetManifest;
  /** To look into what is said; the site closes it. */
  readonly messages?: ReturnType<typeof openMemoryLog>;
  /** Replaces parts of the business, to see what pages make of its failures. */
  readonly change?: (services: Services) => Services;
}

/** Where the site under test stands. */
export const SITE = "http://wanren.test";

/** Starts the site. */
export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const repositories = openMemoryStore();
  const hasher = new PasswordHasher();
  const live = new LiveState();
  const origins = new OriginClient({
    origins: [],
    clusterSecret: CLUSTER_SECRET,
    log: silentLogger,
  });
  const images = openMemoryImages();
  const workshop = new ImageWorkshop();
  const pictures = new Pictures({ workshop, images, rateLimits: options.rateLimits ?? false });
  const messages = options.messages ?? openMemoryLog({ commitMs: 0 });
  const money = openMemoryMoney();
  const business = await openBusiness({
    repositories,
    messages,
    money,
    hasher,
    vault: await KeyVault.fromBytes(new Uint8Array(32)),
    live,
    closer: origins,
    pictures,
    setupToken: SETUP_TOKEN,
    rateLimits: options.rateLimits ?? false,
  });
  const { accounts, rooms } = business;
  const operations = new Operations();
  const real: Services = {
    ...business,
    streams: { list: () => rooms.running() },
    operations,
    pictures,
    iceServers: () => [],
    streamPass: () => "pass",
    gateways: new Gateways({
      tickets: await ticketBox(CLUSTER_SECRET),
      settings: business.settings,
      live,
    }),
  };
  const services = options.change?.(real) ?? real;
  const pages = {
    services,
    manifest: options.manifest ?? MANIFEST,
    log: silentLogger,
    rtmpPort: 1935,
  };
  const app = createApp({
    services,
    internal: {
      live,
      operations,
      admit: (request) => rooms.admit(request),
      demo: { wanted: () => false, channel: () => Promise.reject(new Error("not wanted")) },
    },
    origins,
    images,
    config: { publicUrl: null, trustedProxies: [], rtmpPort: 1935 },
    clusterSecret: CLUSTER_SECRET,
    log: silentLogger,
    metrics: new Metrics("web"),
    pages: {
      app: createPages(pages),
      notFound: (c) => errorAnswer(c, { ...pages, kind: "not_found" }),
      failure: (c, error) => failurePage(c, { ...pages, error }),
    },
  });
  const request = async (path: string, init: RequestInit, given: SiteRequest) =>
    await app.request(SITE + path, {
      ...init,
      headers: {
        ...(given.cookie !== undefined && { cookie: given.cookie }),
        ...init.headers,
        ...given.headers,
      } as Record<string, string>,
    });
  const member: Site["member"] = async (name) => {
    const { account, token } = await accounts.signUp({
      name,
      password: "correct horse",
      remoteAddress: "192.0.2.1",
    });
    return { account, cookie: `wanren_session=${token}` };
  };
  return {
    app,
    live,
    business,
    member,
    get: (path, given = {}) => request(path, {}, given),
    post: (path, fields, given = {}) =>
      request(path, {
        method: "POST",
        body: new URLSearchParams(fields).toString(),
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          "sec-fetch-site": "same-origin",
        },
      }, given),
    async admin() {
      const { account, token } = await accounts.setUp({
        name: "Root",
        password: "correct horse",
        remoteAddress: "192.0.2.1",
        setupToken: SETUP_TOKEN,
      });
      return { account, cookie: `wanren_session=${token}` };
    },
    async room(name, title) {
      const { account, cookie } = await member(name);
      return { ...await rooms.create(account, { title }), account, cookie };
    },
    goLive(viewers) {
      const nowMs = Date.now();
      live.putStreams(
        "media",
        {
          streams: Object.keys(viewers).map((room) => reportOf(room, { readers: {} })),
          capabilities: { ffmpeg: true },
        },
        nowMs,
      );
      live.putViewers(
        "edge",
        Object.fromEntries(
          Object.entries(viewers).map(([room, flv]) => [room, { flv, ws: 0, hls: 0 }]),
        ),
        nowMs,
      );
    },
    async [Symbol.asyncDispose]() {
      await origins.stop();
      workshop.close();
      await hasher.close();
      await messages.close();
      await money.close();
      await repositories.close();
    },
  };
}

function scriptOf(text: string): EarlyScript {
  return { text, hash: `sha256-${createHash("sha256").update(text).digest("base64")}` };
}

/**
 * The body of an HTML answer, checked to carry no script but files of our own, and without the one
 * that its policy names by hash.
 */
export async function htmlOf(response: Response): Promise<string> {
  const policy = response.headers.get("content-security-policy") ?? "";
  const html = (await response.text()).replace(
    /<script>([^<]*)<\/script>/g,
    (element, text: string) => policy.includes(`'${scriptOf(text).hash}'`) ? "" : element,
  );
  for (const [tag = ""] of html.matchAll(/<script\b[^>]*>/gi)) {
    if (!/^<script(?: type="module")? src="\/assets\/[\w.-]+\.js">$/.test(tag)) {
      throw new Error(`Cannot accept page: it holds ${tag}`);
    }
  }
  const handler = /<[^>]+\son\w+\s*=/i.exec(html.replaceAll(/"[^"]*"/g, '""'));
  if (handler !== null) throw new Error(`Cannot accept page: it holds ${handler[0]}`);
  return html;
}
