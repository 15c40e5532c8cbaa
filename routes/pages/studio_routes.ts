/**
 * `/studio` and its forms: all of them work without script.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { roomDetailsText } from "../../islands/i18n/room_details.ts";
import { MAX_BROADCASTS } from "../../islands/studio/snapshot.ts";
import { momentInput, parseMomentInput } from "../../islands/studio/moments.ts";
import type { RoomValues } from "../../islands/studio/room_form.ts";
import type { Account, RoomState } from "../../rooms/model.ts";
import type { RoomInput } from "../../rooms/room_service.ts";
import { playbackAddresses, publishAddress } from "../addresses.ts";
import { readBytes } from "../body.ts";
import { clientOf } from "../client.ts";
import { obsProfile, obsService } from "../obs_profile.ts";
import { ServiceError } from "../services.ts";
import { answer, NO_STORE } from "./answer.ts";
import { createRoomPage } from "./create_room.tsx";
import { explainRefusal, type Form, type FormProblem, readForm } from "./forms.ts";
import type { PagesOptions } from "./options.ts";
import { type StudioInput, studioPage, type StudioWay } from "./studio.tsx";
import { type Reader, readReader } from "./view.ts";

/** What a page sends to measure its upload. */
const MAX_PROBE_BYTES = 1024 * 1024;
const LOG_IN = "/login?next=/studio";
/** A description of 2,000 characters has up to 12 bytes for each in a form. */
const MAX_ROOM_FORM_BYTES = 64 * 1024;

/** A broadcaster with a room. */
interface Broadcaster {
  readonly reader: Reader;
  readonly account: Account;
  readonly room: RoomState;
}

/** Adds `/studio` with its forms and files. */
export function addStudioPages(app: Hono, options: PagesOptions): void {
  const { rooms } = options.services;

  app.get("/studio", async (c) => {
    const reader = await readReader(c, options);
    const { account } = reader;
    if (account === null) return c.redirect(LOG_IN, 303);
    const room = await rooms.ofAccount(account);
    if (room === null) {
      const page = createRoomPage({ reader, title: null, problem: null });
      return answer(c, { ...options, page, cache: NO_STORE });
    }
    const page = await studioOf(c, options, {
      of: { reader, account, room },
      way: wayOf(c.req.query("with")),
      saved: c.req.query("saved") === "room",
      askEnd: c.req.query("ask") === "end",
    });
    return answer(c, { ...options, page, cache: NO_STORE });
  });

  app.post("/studio", async (c) => {
    const form = await readForm(c);
    const reader = await readReader(c, options);
    if (reader.account === null) return c.redirect(LOG_IN, 303);
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

  app.post("/studio/room", async (c) => {
    const form = await readForm(c, { maxBytes: MAX_ROOM_FORM_BYTES });
    const of = await broadcasterOf(c, options);
    if (of instanceof Response) return of;
    try {
      await rooms.update(of.account, of.room.id, changeOf(form, of.room));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const refused = refusalOf(error, { form, reader: of.reader });
      const page = await studioOf(c, options, { of, refused, way: null });
      const problem: FormProblem = { ...explainRefusal(error, of.reader.locale) };
      return answer(c, { ...options, page, problem });
    }
    return c.redirect("/studio?saved=room#room-details-title", 303);
  });

  app.post("/studio/key", async (c) => {
    const of = await broadcasterOf(c, options);
    if (of instanceof Response) return of;
    await rooms.rotatePublishKey(of.account, of.room.id);
    return c.redirect("/studio", 303);
  });

  app.post("/studio/end", async (c) => {
    const of = await broadcasterOf(c, options);
    if (of instanceof Response) return of;
    // What is over already needs no encoder to be held off.
    if (of.room.live) await rooms.end(of.account, of.room.id);
    return c.redirect("/studio", 303);
  });

  // Takes what is sent and forgets it: how fast it came is what the page wants to know.
  app.post("/studio/probe", async (c) => {
    const { account } = await readReader(c, options);
    if (account === null) return c.body(null, 401);
    await readBytes(c, MAX_PROBE_BYTES);
    return c.body(null, 204);
  });

  app.post("/studio/release", async (c) => {
    const of = await broadcasterOf(c, options);
    if (of instanceof Response) return of;
    await rooms.release(of.account, of.room.id);
    return c.redirect("/studio", 303);
  });

  app.get("/studio/obs-profile.zip", async (c) => {
    const of = await broadcasterOf(c, options);
    if (of instanceof Response) return of;
    const publish = await publishOf(c, options, of);
    const archive = obsProfile(publish, { nowMs: of.reader.nowMs });
    return c.body(archive, 200, download("wanren-obs-profile.zip", "application/zip"));
  });

  app.get("/studio/service.json", async (c) => {
    const of = await broadcasterOf(c, options);
    if (of instanceof Response) return of;
    const service = obsService(await publishOf(c, options, of));
    return c.body(service, 200, download("service.json", "application/json"));
  });
}

function wayOf(asked: string | undefined): StudioWay | null {
  return asked === "browser" || asked === "obs" ? asked : null;
}

/** Who asks, with their room; or where they have to go first. */
async function broadcasterOf(
  c: Context,
  options: PagesOptions,
): Promise<Broadcaster | Response> {
  const reader = await readReader(c, options);
  const { account } = reader;
  if (account === null) return c.redirect(LOG_IN, 303);
  const room = await options.services.rooms.ofAccount(account);
  return room === null ? c.redirect("/studio", 303) : { reader, account, room };
}

async function studioOf(
  c: Context,
  options: PagesOptions,
  { of, ...shown }: Pick<StudioInput, "refused" | "saved" | "askEnd" | "way"> & {
    readonly of: Broadcaster;
  },
) {
  const { rooms, settings } = options.services;
  const { reader, account, room } = of;
  const { baseUrl } = clientOf(c);
  const [publish, broadcasts] = await Promise.all([
    publishOf(c, options, of),
    rooms.broadcasts(account, room.id, { limit: MAX_BROADCASTS }),
  ]);
  return studioPage({
    ...shown,
    room,
    reader,
    publish,
    broadcasts,
    settings: settings.values,
    heldUntilMs: await rooms.heldUntilMs(room.id),
    playback: playbackAddresses(room, {
      baseUrl,
      rtmpPort: options.rtmpPort,
      webRtc: options.webRtc?.() ?? false,
    }),
    link: `${baseUrl}/rooms/${room.id}`,
    manifest: options.manifest,
  });
}

async function publishOf(
  c: Context,
  { services, rtmpPort, webRtc }: PagesOptions,
  { account, room }: Broadcaster,
) {
  const key = await services.rooms.publishKey(account, room.id);
  return publishAddress(room.id, key, {
    baseUrl: clientOf(c).baseUrl,
    rtmpPort,
    webRtc: webRtc?.() ?? false,
  });
}

/** What the whole form asks for. Without script times are in UTC, to the minute. */
function changeOf(form: Form, room: RoomState): RoomInput {
  const nextLiveAt = form("nextLiveAt");
  const untouched = nextLiveAt === momentInput(room.nextLiveAtMs, "utc");
  return {
    title: form("title"),
    description: form("description"),
    category: form("category") === "" ? null : form("category"),
    ...(!untouched && { nextLiveAtMs: parseMomentInput(nextLiveAt, "utc") }),
  };
}

function refusalOf(
  error: ServiceError,
  { form, reader }: { readonly form: Form; readonly reader: Reader },
): StudioInput["refused"] {
  const text = roomDetailsText(reader.locale);
  const values: RoomValues = {
    title: form("title"),
    category: form("category"),
    description: form("description"),
    nextLiveAt: form("nextLiveAt"),
  };
  switch (error.field) {
    case "title":
      return { values, problems: { title: text.titleInvalid } };
    case "description":
      return { values, problems: { description: text.descriptionInvalid } };
    case "category":
      return { values, problems: { category: text.categoryInvalid } };
    case "nextLiveAt":
      return { values, problems: { nextLiveAt: text.nextLiveInvalid } };
    default:
      return { values, problems: { form: explainRefusal(error, reader.locale).message } };
  }
}

/** A file with a secret in it: saved, never shown, never kept on the way. */
function download(name: string, type: string): Record<string, string> {
  return {
    "content-type": type,
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": NO_STORE,
    "vary": "Cookie",
  };
}
