/**
 * The server-rendered pages. All of them read and work without script; islands make them live.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { clientOf } from "../client.ts";
import { playbackAddresses, publishAddress } from "../addresses.ts";
import { ServiceError, type Services } from "../services.ts";
import { isRoomId } from "../../rooms/rules.ts";
import { addAccountPages } from "./account_routes.ts";
import { addApiDocs } from "./api_docs.tsx";
import { addAccountSettings } from "./account_settings_routes.ts";
import { addAdminPages } from "./admin/mod.ts";
import { answer, errorAnswer, failurePage, NO_STORE } from "./answer.ts";
import { followingPage } from "./following.tsx";
import { addDebugPages } from "./debug.tsx";
import { explainRefusal, readForm, safeNext } from "./forms.ts";
import { lobbyPage, MAX_LISTED_ROOMS, parseQuery, searchPage, searchRooms } from "./lobby.tsx";
import type { PagesOptions } from "./options.ts";
import { createRoomPage, studioPage } from "./studio.tsx";
import { readReader, rememberPreferences } from "./view.ts";
import { watchPage } from "./watch.tsx";
import { createWellKnown } from "./well_known.ts";

export { errorAnswer, failurePage } from "./answer.ts";
export type { PagesOptions } from "./options.ts";

/** Rooms beside the one that is watched. */
const MAX_OTHERS = 8;

/** The pages as an application to be mounted at `/`, behind the middlewares of `app.ts`. */
export function createPages(options: PagesOptions): Hono {
  const { services } = options;
  const app = new Hono({ strict: false });
  app.onError((error, c) => failurePage(c, { ...options, error }));
  app.notFound((c) => errorAnswer(c, { ...options, kind: "not_found" }));
  app.route("/", createWellKnown(options));

  app.get("/", async (c) => {
    const reader = await readReader(c, options);
    const query = parseQuery(c.req.query("q"));
    if (isRoomId(query) && await exists(services, query)) {
      return c.redirect(`/rooms/${query}`, 303);
    }
    const rooms = await services.rooms.list({ live: true, limit: MAX_LISTED_ROOMS });
    const page = query === ""
      ? lobbyPage(rooms, { reader, canonical: `${clientOf(c).baseUrl}/` })
      : searchPage(searchRooms(rooms, query), { reader, query });
    return answer(c, { ...options, page });
  });

  app.get("/rooms/:room", async (c) => {
    const reader = await readReader(c, options);
    const id = c.req.param("room");
    const room = isRoomId(id) ? await services.rooms.get(id).catch(nullIfUnknown) : null;
    if (room === null) return errorAnswer(c, { ...options, kind: "room_not_found" });
    const live = await services.rooms.list({ live: true, limit: MAX_OTHERS + 1 });
    const page = watchPage({
      room,
      reader,
      others: live.filter((other) => other.id !== room.id).slice(0, MAX_OTHERS),
      playback: playbackAddresses(room, place(c, options)),
      manifest: options.manifest,
      canonical: `${clientOf(c).baseUrl}/rooms/${room.id}`,
    });
    return answer(c, { ...options, page });
  });

  addAccountPages(app, options);
  addApiDocs(app, options);
  addDebugPages(app, options);
  addAccountSettings(app, options);
  addAdminPages(app, options);
  studioPages(app, options);

  app.get("/following", async (c) => {
    const reader = await readReader(c, options);
    if (reader.account === null) return c.redirect("/login?next=/following", 303);
    const page = followingPage(await services.rooms.followed(reader.account), reader);
    return answer(c, { ...options, page, cache: NO_STORE });
  });

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

async function exists({ rooms }: Services, id: string): Promise<boolean> {
  return await rooms.get(id).catch(nullIfUnknown) !== null;
}

function nullIfUnknown(error: unknown): null {
  if (error instanceof ServiceError && error.code === "not_found") return null;
  throw error;
}
