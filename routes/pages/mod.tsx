/**
 * The server-rendered pages. All of them read and work without script; islands make them live.
 *
 * @module
 */
import { Hono } from "hono";
import { clientOf } from "../client.ts";
import { addAccountPages } from "./account_routes.ts";
import { addApiDocs } from "./api_docs.tsx";
import { addAccountSettings } from "./account_settings_routes.ts";
import { addAdminPages } from "./admin/mod.ts";
import { errorAnswer, failurePage } from "./answer.ts";
import { addCallPages } from "./calls_routes.ts";
import { addBooth } from "./booth.tsx";
import { compressPages } from "./compress.ts";
import { addDebugPages } from "./debug.tsx";
import { readForm, safeNext } from "./forms.ts";
import { addModerationPage } from "./moderation_routes.ts";
import type { PagesOptions } from "./options.ts";
import { addSharing } from "./sharing_routes.ts";
import { addStudioPages } from "./studio_routes.ts";
import { readReader, rememberPreferences } from "./view.ts";
import { addViewerPages } from "./viewer_routes.ts";
import { createWellKnown } from "./well_known.ts";

export { errorAnswer, failurePage } from "./answer.ts";
export type { PagesOptions } from "./options.ts";

/** The pages as an application to be mounted at `/`, behind the middlewares of `app.ts`. */
export function createPages(options: PagesOptions): Hono {
  const { services } = options;
  const app = new Hono({ strict: false });
  app.onError((error, c) => failurePage(c, { ...options, error }));
  app.notFound((c) => errorAnswer(c, { ...options, kind: "not_found" }));
  app.use(compressPages());
  app.route("/", createWellKnown(options));

  addViewerPages(app, options);
  addSharing(app, options);
  addBooth(app, options);
  addAccountPages(app, options);
  addApiDocs(app, options);
  addDebugPages(app, options);
  addAccountSettings(app, options);
  addAdminPages(app, options);
  addStudioPages(app, options);
  addModerationPage(app, options);
  addCallPages(app, options);

  // "My room" in the menu: only this address needs to know its number.
  app.get("/my-room", async (c) => {
    const { account } = await readReader(c, options);
    if (account === null) return c.redirect("/login?next=/my-room", 303);
    const room = await services.rooms.ofAccount(account);
    return c.redirect(room === null ? "/studio" : `/rooms/${room.id}`, 303);
  });

  app.post("/preferences", async (c) => {
    const form = await readForm(c);
    const { secure } = clientOf(c);
    rememberPreferences(c, {
      locale: form("locale"),
      theme: form("theme"),
      notice: form("notice"),
      secure,
    });
    return c.redirect(safeNext(form("next")), 303);
  });
  return app;
}
