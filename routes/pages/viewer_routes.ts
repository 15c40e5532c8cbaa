/**
 * What viewers open: the lobby and its search, what they follow, a room's page and its player for
 * other sites.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { getCookie } from "hono/cookie";
import { formsText } from "../../islands/i18n/forms.ts";
import { lobbyText } from "../../islands/i18n/lobby.ts";
import { errorsText } from "../../islands/i18n/errors.ts";
import { watchPageText } from "../../islands/i18n/watch_page.ts";
import { MAX_BESIDE } from "../../islands/MoreLive.tsx";
import type { RoomState } from "../../rooms/model.ts";
import { isShownTo } from "../../rooms/room_service.ts";
import { isRoomId } from "../../rooms/rules.ts";
import { playbackAddresses } from "../addresses.ts";
import { clientOf } from "../client.ts";
import { contentSecurityPolicy } from "../security_headers.ts";
import { ServiceError, type Services } from "../services.ts";
import { answer, errorAnswer, NO_STORE } from "./answer.ts";
import { embedMessage, embedPage, parseEmbedStart } from "./embed.tsx";
import { messagePage } from "./error.tsx";
import { followingPage } from "./following.tsx";
import { readForm } from "./forms.ts";
import { lobbyPage, MAX_LISTED_ROOMS, parseQuery, searchPage } from "./lobby.tsx";
import type { PagesOptions } from "./options.ts";
import { feedAlternates } from "./social.ts";
import { readReader, THEATRE_COOKIE } from "./view.ts";
import { parsePanel, watchPage } from "./watch.tsx";

/** Adds the viewers' pages. */
export function addViewerPages(app: Hono, options: PagesOptions): void {
  addLobby(app, options);
  addRooms(app, options);
  addEmbed(app, options);
}

function addLobby(app: Hono, options: PagesOptions): void {
  const { rooms, settings, admin } = options.services;
  app.get("/", async (c) => {
    const reader = await readReader(c, options);
    const query = parseQuery(c.req.query("q"));
    if (query !== "") {
      if (isRoomId(query) && await findRoom(options.services, query) !== null) {
        return c.redirect(`/rooms/${query}`, 303);
      }
      const found = await rooms.search({ query, limit: MAX_LISTED_ROOMS });
      return answer(c, { ...options, page: searchPage(found, { reader, query }) });
    }
    const { baseUrl } = clientOf(c);
    const [live, followed] = await Promise.all([
      rooms.list({ live: true, limit: MAX_LISTED_ROOMS }),
      reader.account === null ? [] : rooms.followed(reader.account),
    ]);
    const { values } = settings;
    const starting = options.demo === true || values.demo;
    const page = lobbyPage({
      rooms: live,
      followed,
      categories: values.categories,
      category: settings.category(c.req.query("category") ?? null),
      demo: starting ? "starting" : reader.account?.admin === true ? "start" : "command",
      noStills: live.some((room) => room.stream?.video != null && !room.still),
      reader,
      canonical: `${baseUrl}/`,
      alternates: feedAlternates(lobbyText(reader.locale).feed(reader.site.name), { baseUrl }),
    });
    return answer(c, { ...options, page });
  });

  app.get("/following", async (c) => {
    const reader = await readReader(c, options);
    if (reader.account === null) return c.redirect("/login?next=/following", 303);
    const page = followingPage(await rooms.followed(reader.account), reader);
    return answer(c, { ...options, page, cache: NO_STORE });
  });

  app.post("/demo", async (c) => {
    const { account } = await readReader(c, options);
    if (account === null) return c.redirect("/login", 303);
    await admin.changeSettings(account, { demo: true });
    return c.redirect("/", 303);
  });
}

function addRooms(app: Hono, options: PagesOptions): void {
  const { rooms, settings } = options.services;
  app.get("/rooms/:room", async (c) => {
    const reader = await readReader(c, options);
    const room = await findRoom(options.services, c.req.param("room"));
    if (room === null) return errorAnswer(c, { ...options, kind: "room_not_found" });
    if (!isShownTo(room, reader.account)) {
      const text = watchPageText(reader.locale);
      const page = messagePage(reader, {
        icon: "circle-alert",
        title: text.closedTitle,
        sentence: text.closedText,
      });
      return answer(c, { ...options, page, status: 403, cache: NO_STORE });
    }
    const { baseUrl } = clientOf(c);
    const [live, following] = await Promise.all([
      rooms.list({ live: true, limit: MAX_BESIDE + 1 }),
      reader.account === null ? null : rooms.follows(reader.account, room.id),
    ]);
    const theatre = c.req.query("theatre");
    const { values } = settings;
    const page = watchPage({
      room,
      following,
      reader,
      baseUrl,
      others: live.filter((other) => other.id !== room.id).slice(0, MAX_BESIDE),
      categories: values.categories,
      embeddable: values.embedFrames.length > 0,
      panel: parsePanel(c.req.query("panel")),
      theatre: theatre === undefined ? getCookie(c, THEATRE_COOKIE) === "1" : theatre === "1",
      muted: c.req.query("muted") === "1",
      playback: playbackAddresses(room, place(c, options)),
      manifest: options.manifest,
      userAgent: c.req.header("user-agent") ?? "",
    });
    return answer(c, { ...options, page });
  });

  // For browsers without script; with it the API is asked.
  app.post("/rooms/:room/follow", async (c) => {
    const form = await readForm(c);
    const reader = await readReader(c, options);
    const id = c.req.param("room");
    const back = isRoomId(id) ? `/rooms/${id}` : "/";
    if (reader.account === null) {
      return c.redirect(`/login?next=${encodeURIComponent(back)}`, 303);
    }
    try {
      if (form("follow") === "no") await rooms.unfollow(reader.account, id);
      else await rooms.follow(reader.account, id);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== "too_many") throw error;
      const page = messagePage(reader, {
        icon: "heart",
        title: errorsText(reader.locale).forbiddenTitle,
        sentence: formsText(reader.locale).errorTooMany,
      });
      return answer(c, { ...options, page, status: 409, cache: NO_STORE });
    }
    return c.redirect(back, 303);
  });
}

function addEmbed(app: Hono, options: PagesOptions): void {
  const { settings } = options.services;
  app.get("/embed/:room", async (c) => {
    const reader = await readReader(c, options);
    // The only page that other sites may frame.
    const frameAncestors = settings.values.embedFrames;
    c.header("content-security-policy", contentSecurityPolicy({ frameAncestors }));
    const room = await findRoom(options.services, c.req.param("room"));
    if (room === null || !isShownTo(room, reader.account)) {
      const errors = errorsText(reader.locale);
      const text = watchPageText(reader.locale);
      const page = embedMessage(
        reader,
        room === null
          ? { title: errors.roomNotFoundTitle, text: errors.roomNotFoundText }
          : { title: text.closedTitle, text: text.closedText },
      );
      return answer(c, { ...options, page, status: room === null ? 404 : 403, cache: NO_STORE });
    }
    const page = embedPage({
      room,
      reader,
      ...parseEmbedStart((name) => c.req.query(name)),
      playback: playbackAddresses(room, place(c, options)),
      manifest: options.manifest,
      userAgent: c.req.header("user-agent") ?? "",
      baseUrl: clientOf(c).baseUrl,
    });
    return answer(c, { ...options, page, frameAncestors });
  });
}

function place(c: Context, { rtmpPort, webRtc }: PagesOptions) {
  return { baseUrl: clientOf(c).baseUrl, rtmpPort, webRtc: webRtc?.() ?? false };
}

/** The room of an id, or null: unknown, or no id at all. */
async function findRoom({ rooms }: Services, id: string): Promise<RoomState | null> {
  if (!isRoomId(id)) return null;
  try {
    return await rooms.get(id);
  } catch (error) {
    if (error instanceof ServiceError && error.code === "not_found") return null;
    throw error;
  }
}
