/**
 * The surface of `web`: JSON API, internal calls, operations, and the pages behind them.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import type { Config } from "../platform/config.ts";
import type { Logger } from "../platform/log.ts";
import { type Metrics, METRICS_CONTENT_TYPE } from "../platform/metrics.ts";
import type { ImageStore } from "../rooms/images/image_store.ts";
import { apiRoutes } from "./api/mod.ts";
import { streamJson } from "./api/stream_schemas.ts";
import { mountRoutes } from "./api/table.ts";
import { clients } from "./client.ts";
import { csrfProtection } from "./csrf.ts";
import { imageRoutes } from "./images.ts";
import { createInternal, type InternalOptions } from "./internal.ts";
import { openApiDocument } from "./openapi.ts";
import type { OriginClient } from "./origin_client.ts";
import { errorProblem, notFoundProblem, problem, SURFACE_PROBLEMS } from "./problem.ts";
import { securityHeaders } from "./security_headers.ts";
import type { Services } from "./services.ts";
import { requireAdmin, sessions } from "./session.ts";

/** What the surface stands on. */
export interface AppOptions {
  readonly services: Services;
  readonly internal: Omit<InternalOptions, "clusterSecret" | "log">;
  readonly origins: Pick<OriginClient, "debugStreams">;
  readonly images: Pick<ImageStore, "get">;
  readonly config: Pick<Config, "publicUrl" | "trustedProxies" | "rtmpPort">;
  readonly clusterSecret: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly pages: Pages;
}

/** What people see; every address that is not of the programs belongs to it. */
export interface Pages {
  readonly app: Hono;
  /** The page for an address that is not there. */
  notFound(c: Context): Response;
  /** The page for an error that a middleware threw. */
  failure(c: Context, error: Error): Response;
}

/** Puts the surface together; listens nowhere. */
export function createApp(options: AppOptions): Hono {
  const { services, config, clusterSecret, log, metrics, pages } = options;
  const app = new Hono();
  app.onError((error, c) =>
    classOf(c.req.path) === "page" ? pages.failure(c, error) : errorProblem(error, c, log)
  );
  app.notFound((c) => classOf(c.req.path) === "page" ? pages.notFound(c) : notFoundProblem());

  const requests = metrics.counter({
    name: "wanren_web_requests_total",
    help: "Answered requests by class of address and status",
    labels: ["class", "status"],
  });
  const durations = metrics.histogram({
    name: "wanren_web_request_duration_seconds",
    help: "Time to the answer's head by class of address",
    labels: ["class"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  });
  app.use(async (c, next) => {
    const startedAtMs = performance.now();
    await next();
    const routeClass = classOf(c.req.path);
    requests.inc({ class: routeClass, status: String(c.res.status) });
    durations.observe({ class: routeClass }, (performance.now() - startedAtMs) / 1000);
  });
  app.use(securityHeaders());

  app.get("/healthz", (c) => c.text("ok"));
  app.get("/metrics", async (c) => {
    return c.body(await metrics.text(), 200, { "content-type": METRICS_CONTENT_TYPE });
  });

  app.route("/", createInternal({ ...options.internal, clusterSecret, log }));
  // For everybody alike: nobody is asked who they are.
  app.route("/", imageRoutes(options.images));

  app.use(clients({ config, clusterSecret }));
  app.use(sessions(services.accounts));
  app.use(csrfProtection({ publicUrl: config.publicUrl }));

  const table = apiRoutes(services, {
    rtmpPort: config.rtmpPort,
    webRtc: () => options.internal.live.hasWebRtc((options.internal.now ?? Date.now)()),
  });
  const document = openApiDocument(table);
  app.get("/openapi.json", (c) => c.json(document));
  app.get("/debug/streams", async (c) => {
    await requireAdmin(c);
    return c.json({
      streams: services.streams.list().map(streamJson),
      origins: await options.origins.debugStreams(),
    });
  });
  app.route("/", mountRoutes(table));
  app.all("/signal/*", () =>
    problem({
      ...SURFACE_PROBLEMS.upgrade_required,
      code: "upgrade_required",
      headers: { upgrade: "websocket", connection: "Upgrade" },
    }));
  app.route("/", pages.app);
  app.all("/debug/*", () => notFoundProblem());
  return app;
}

function classOf(path: string): string {
  const first = path.split("/", 2)[1] ?? "";
  switch (first) {
    case "api":
    case "internal":
    case "debug":
    case "images":
    case "signal":
      return first;
    case "healthz":
    case "metrics":
    case "openapi.json":
      return "operations";
    default:
      return "page";
  }
}
