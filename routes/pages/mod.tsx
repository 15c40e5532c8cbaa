/**
 * The server-rendered pages. All of them read and work without script; islands make them live.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { clientOf } from "../client.ts";
import { playbackAddresses, publishAddress } from "../addresses.ts";
import { ServiceError } from "../services.ts";
import { addAccountPages } from "./account_routes.ts";
import { addApiDocs } from "./api_docs.tsx";
import { addAccountSettings } from "./account_settings_routes.ts";
import { addAdminPages } from "./admin/mod.ts";
import { answer, errorAnswer, failurePage, NO_STORE } from "./answer.ts";
import { addDebugPages } from "./debug.tsx";
import { explainRefusal, readForm, safeNext } from "./forms.ts";
import type { PagesOptions } from "./options.ts";
import { addSharing } from "./sharing_routes.ts";
import { createRoomPage, studioPage } from "./studio.tsx";
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
  app.route("/", createWellKnown(options));

  addViewerPages(app, options);
  addSharing(app, options);
  addAccountPages(app, options);
  addApiDocs(app, options);
  addDebugPages(app, options);
  addAccountSettings(app, options);
  addAdminPages(app, options);
  studioPages(app, options);

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

function studioPages(app: Hono, options: PagesOptions): void {
  const { rooms } = options.services;
  app.get("/studio", async (c) => {
    const reader = await readReader(c, options);
    if (reader.account === null) return c.redirect("/login?next=/studio", 303);
    const room = await rooms.ofAccount(reader.account);
    if (room === null) {
      const page = createRoomPage({ reader, title: "", problem: null });
      return answer(c, { ...options, page, cache: NO_STORE });
    }
    const key = await rooms.publishKey(reader.account, room.id);
    const at = place(c, options);
    const page = studioPage({
      room,
      reader,
      playback: playbackAddresses(room, at),
      publish: publishAddress(room.id, key, at),
      manifest: options.manifest,
    });
    return answer(c, { ...options, page, cache: NO_STORE });
  });
  app.post("/studio/key", async (c) => {
    const reader = await readReader(c, options);
    if (reader.account === null) return c.redirect("/login?next=/studio", 303);
    const room = await rooms.ofAccount(reader.account);
    if (room !== null) await rooms.rotatePublishKey(reader.account, room.id);
    return c.redirect("/studio", 303);
  });
  app.post("/studio", async (c) => {
    const form = await readForm(c);
    const reader = await readReader(c, options);
    if (reader.account === null) return c.redirect("/login?next=/studio", 303);
    try {
      await rooms.create(reader.account, { title: form("title") });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      // Sent twice: the room is there, which is what was wanted.
      if (error.code === "room_exists") return c.redirect("/studio", 303);
      const problem = explainRefusal(error, reader.locale);
      const page = createRoomPage({ reader, title: form("title"), problem });
      return answer(c, { ...options, page, problem });
    }
    return c.redirect("/studio", 303);
  });
}

function place(c: Context, { rtmpPort }: PagesOptions) {
  return { baseUrl: clientOf(c).baseUrl, rtmpPort };
}
