/**
 * The server-rendered pages. All of them read and work without script; islands make them live.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { formsText } from "../../islands/i18n/forms.ts";
import { clientOf } from "../client.ts";
import { playbackAddresses, publishAddress } from "../addresses.ts";
import { RequestError } from "../problem.ts";
import { ServiceError, type Services } from "../services.ts";
import { clearSessionCookie, sessionOf, setSessionCookie } from "../session.ts";
import { StoreBusyError } from "../../rooms/errors.ts";
import { isRoomId } from "../../rooms/rules.ts";
import { type AccountForm, logInPage, setUpPage, signUpPage } from "./account.tsx";
import { type Page, renderDocument } from "./document.tsx";
import { type ErrorKind, errorPage, messagePage } from "./error.tsx";
import { explainRefusal, type Form, type FormProblem, readForm, safeNext } from "./forms.ts";
import { lobbyPage, MAX_LISTED_ROOMS, parseQuery, searchPage, searchRooms } from "./lobby.tsx";
import type { PagesOptions } from "./options.ts";
import { createRoomPage, studioPage } from "./studio.tsx";
import { anonymousReader, readReader, rememberPreferences } from "./view.ts";
import { watchPage } from "./watch.tsx";
import { createWellKnown } from "./well_known.ts";

export type { PagesOptions } from "./options.ts";

/** Rooms beside the one that is watched. */
const MAX_OTHERS = 8;
const MAX_TOKEN_LENGTH = 512;
const REVALIDATE = "private, no-cache";
const NO_STORE = "no-store";

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

  accountPages(app, options);
  studioPages(app, options);

  app.post("/preferences", async (c) => {
    const form = await readForm(c);
    const { secure } = clientOf(c);
    rememberPreferences(c, { locale: form("locale"), theme: form("theme"), secure });
    return c.redirect(safeNext(form("next")), 303);
  });
  return app;
}

function accountPages(app: Hono, options: PagesOptions): void {
  const { accounts } = options.services;
  const pages = {
    login: { page: logInPage, send: accounts.logIn.bind(accounts) },
    signup: { page: signUpPage, send: accounts.signUp.bind(accounts) },
  };
  for (const [path, { page, send }] of Object.entries(pages)) {
    app.get(`/${path}`, async (c) => {
      const reader = await readReader(c, options);
      const next = safeNext(c.req.query("next"));
      if (reader.account !== null) return c.redirect(next, 303);
      const form = { reader, next, name: "", problem: null };
      return answer(c, { ...options, page: page(form), cache: NO_STORE });
    });
    app.post(`/${path}`, async (c) => {
      const form = await readForm(c);
      const next = safeNext(form("next"));
      const refused = await logInWith(c, options, { form, send });
      if (refused === null) return c.redirect(next, 303);
      const reader = anonymousReader(c, options);
      return answer(c, {
        ...options,
        page: page({ reader, next, name: form("name"), problem: refused }),
        problem: refused,
      });
    });
  }

  app.get("/setup", async (c) => {
    const reader = await readReader(c, options);
    const text = formsText(reader.locale);
    const token = (c.req.query("token") ?? "").slice(0, MAX_TOKEN_LENGTH);
    if (!await accounts.needsSetup()) {
      const [title, sentence] = [text.setUpDone, text.setUpDoneText];
      const page = messagePage(reader, { icon: "key-round", title, sentence, logIn: true });
      return answer(c, { ...options, page, status: 404, cache: NO_STORE });
    }
    if (token === "") {
      const [title, sentence] = [text.setUpNoToken, text.setUpNoTokenText];
      const page = messagePage(reader, { icon: "link", title, sentence });
      return answer(c, { ...options, page, status: 403, cache: NO_STORE });
    }
    const page = setUpPage({ reader, token, name: "", problem: null, next: "/studio" });
    return answer(c, { ...options, page, cache: NO_STORE });
  });
  app.post("/setup", async (c) => {
    const form = await readForm(c);
    const token = form("token").slice(0, MAX_TOKEN_LENGTH);
    const next = safeNext(form("next"), "/studio");
    const refused = await logInWith(c, options, {
      form,
      send: (credentials) => accounts.setUp({ ...credentials, setupToken: token }),
    });
    if (refused === null) return c.redirect(next, 303);
    const state: AccountForm = {
      reader: anonymousReader(c, options),
      name: form("name"),
      problem: refused,
      next,
    };
    return answer(c, { ...options, page: setUpPage({ ...state, token }), problem: refused });
  });

  app.post("/logout", async (c) => {
    const session = await sessionOf(c);
    if (session !== null) await accounts.logOut(session.token);
    clearSessionCookie(c);
    return c.redirect("/", 303);
  });
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

/** Sends credentials and starts the session; the refusal, or null when it went well. */
async function logInWith(
  c: Context,
  options: PagesOptions,
  { form, send }: {
    readonly form: Form;
    readonly send: Services["accounts"]["logIn"];
  },
): Promise<FormProblem | null> {
  const { address } = clientOf(c);
  try {
    const { token } = await send({
      name: form("name"),
      password: form("password"),
      remoteAddress: address,
    });
    setSessionCookie(c, token);
    return null;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return explainRefusal(error, anonymousReader(c, options).locale);
  }
}

interface Answer extends Pick<PagesOptions, "manifest"> {
  readonly page: Page;
  readonly status?: ContentfulStatusCode;
  /** Sets status and `Retry-After` of a form that comes back. */
  readonly problem?: FormProblem;
  readonly cache?: string;
}

function answer(c: Context, { page, manifest, status = 200, problem, cache }: Answer) {
  c.header("vary", "Cookie, Accept-Language");
  c.header("cache-control", problem === undefined ? cache ?? REVALIDATE : NO_STORE);
  if (problem?.retryAfterS != null) {
    c.header("retry-after", String(Math.max(1, Math.ceil(problem.retryAfterS))));
  }
  return c.html(renderDocument(page, manifest), problem?.status ?? status);
}

const ERROR_STATUS = {
  not_found: 404,
  room_not_found: 404,
  forbidden: 403,
  bad_request: 400,
  failure: 500,
  busy: 503,
} as const satisfies Record<ErrorKind, number>;

/** The HTML answer for what went wrong, without asking the business for anything. */
export function errorAnswer(
  c: Context,
  options: Pick<PagesOptions, "manifest" | "now"> & {
    readonly kind: ErrorKind;
    /** Default: the one of the kind. */
    readonly status?: ContentfulStatusCode;
  },
): Response {
  const { manifest, kind, status = ERROR_STATUS[kind] } = options;
  const page = errorPage(kind, anonymousReader(c, options));
  if (kind === "busy") c.header("retry-after", "1");
  return answer(c, { page, manifest, status, cache: NO_STORE }) as Response;
}

/** The HTML answer for an error that a page, or a middleware before it, threw. */
export function failurePage(
  c: Context,
  options: Pick<PagesOptions, "manifest" | "now" | "log"> & { readonly error: Error },
): Response {
  const { error } = options;
  if (
    error instanceof RequestError || error instanceof ServiceError ||
    error instanceof StoreBusyError
  ) {
    const kind = kindOf(error);
    if (kind === "busy") options.log.warn("page_busy", { path: c.req.path, error });
    return error instanceof RequestError
      ? errorAnswer(c, { ...options, kind, status: error.problem.status as ContentfulStatusCode })
      : errorAnswer(c, { ...options, kind });
  }
  options.log.error("page_failed", { path: c.req.path, method: c.req.method, error });
  return errorAnswer(c, { ...options, kind: "failure" });
}

function kindOf(error: RequestError | ServiceError | StoreBusyError): ErrorKind {
  if (error instanceof StoreBusyError) return "busy";
  switch (error instanceof ServiceError ? error.code : error.problem.code) {
    case "not_found":
      return "not_found";
    case "busy":
    case "too_many_attempts":
      return "busy";
    case "invalid":
    case "too_large":
    case "unsupported_media_type":
      return "bad_request";
    default:
      return "forbidden";
  }
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
