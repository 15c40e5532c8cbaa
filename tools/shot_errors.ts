/**
 * The pages of accidents, for the screenshots: what is not there, what is not allowed, what went
 * wrong, and what the edge says while web is away.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { AssetManifest } from "../islands/ui/manifest.ts";
import type { Services } from "../routes/services.ts";
import { startEdge } from "../tests/support/edge_setup.ts";
import { startSite } from "../tests/support/pages.ts";
import type { Scene } from "./shot_camera.ts";

/** Scenes of accidents; disposing ends the edge that stands alone. */
export interface ErrorScenes extends AsyncDisposable {
  readonly scenes: readonly Scene[];
}

/** Starts what the accidents need; `member` is no administrator. */
export async function errorScenes(
  { base, member }: { readonly base: string; readonly member: string },
): Promise<ErrorScenes> {
  const { edge, url } = await startEdge({ assetsDir: "./dist" });
  const stay = async (page: Page) => {
    // The page would go away by itself; the picture wants it to stay.
    await page.evaluate(() => stop());
  };
  const scenes: Scene[] = [
    { name: "error-not-found", path: "/no/such/page" },
    { name: "error-room-not-found", path: "/rooms/999999" },
    { name: "error-forbidden", path: "/admin", token: member },
    { name: "error-forbidden-visitor", path: "/debug/ui" },
    { name: "error-maintenance", path: `${url}/rooms/1`, prepare: stay },
    { name: "error-refused", path: `${url}/internal/x`, prepare: stay },
    {
      name: "error-failure",
      path: "/healthz",
      prepare: async (page) => {
        const html = await failureHtml(await page.evaluate(() => navigator.language));
        await page.route(
          `${base}/broken`,
          (route) =>
            route.fulfill({ status: 500, contentType: "text/html; charset=utf-8", body: html }),
        );
        await page.goto(`${base}/broken`);
      },
    },
  ];
  return {
    scenes,
    async [Symbol.asyncDispose]() {
      await edge.stop();
    },
  };
}

/** What web answers when a page throws, with the scripts and sheets of the build at hand. */
async function failureHtml(language: string): Promise<string> {
  const manifest = JSON.parse(await Deno.readTextFile("dist/manifest.json")) as AssetManifest;
  await using site = await startSite({
    manifest,
    change: (services): Services => ({
      ...services,
      rooms: new Proxy(services.rooms, {
        get() {
          throw new Error("Cannot read rooms: this is a rehearsal");
        },
      }),
    }),
  });
  const answer = await site.get("/", { headers: { "accept-language": language } });
  return await answer.text();
}
