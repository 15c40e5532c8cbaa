/**
 * The pages with the scripts and sheets of a real build, on a port of their own: for tests in a
 * browser that need no picture.
 *
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { buildIslands } from "../../tools/build_islands.ts";
import { type Site, startSite } from "./pages.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
};

/** A site that browsers reach; `await using` ends it. */
export interface ServedSite extends AsyncDisposable {
  readonly site: Site;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
}

/** Builds the islands into a folder of its own and serves the site with them. */
export async function serveSite(): Promise<ServedSite> {
  const outDir = await mkdtemp(join(tmpdir(), "wanren-site-"));
  const manifest = await buildIslands({ outDir, minify: true });
  const site = await startSite({ manifest });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (!pathname.startsWith("/assets/")) return await site.app.fetch(request);
      const name = basename(pathname);
      if (!Object.hasOwn(manifest.built, name)) return new Response(null, { status: 404 });
      return new Response(await Deno.readFile(join(outDir, "assets", name)), {
        headers: { "content-type": TYPES[extname(name)] ?? "application/octet-stream" },
      });
    },
  );
  return {
    site,
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await site[Symbol.asyncDispose]();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
