/**
 * One's own account over JSON: profile, password, sessions, the end of it.
 *
 * @module
 */
import type { Context } from "hono";
import type { Place } from "../addresses.ts";
import { clientOf } from "../client.ts";
import { type ProfileService, type RoomService, ServiceError } from "../services.ts";
import { clearSessionCookie, requireSession } from "../session.ts";
import {
  AccountChangeBody,
  DeletionBody,
  EndedAnswer,
  OwnAccountAnswer,
  PasswordChangeBody,
  ProfileAnswer,
  profileJson,
  sessionJson,
  SessionsAnswer,
} from "./account_schemas.ts";
import { oneOf } from "./query.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

const keep = oneOf("keep", {
  description: "`current`: the session of this request goes on",
  words: ["current"],
  fallback: null,
});

/** What the calls stand on. */
export interface OwnAccountRoutesOptions {
  readonly profiles: ProfileService;
  readonly rooms: Pick<RoomService, "ofAccount">;
  readonly rtmpPort: number;
  /** Whether WebRTC runs now. */
  readonly webRtc: () => boolean;
}

/** The calls about one's own account. */
export function ownAccountRoutes(options: OwnAccountRoutesOptions): readonly ApiRoute[] {
  const { profiles, rooms, rtmpPort, webRtc } = options;
  const placeOf = (c: Context): Place => ({
    baseUrl: clientOf(c).baseUrl,
    rtmpPort,
    webRtc: webRtc(),
  });
  return [
    defineRoute({
      method: "GET",
      path: "/api/account",
      name: "getAccount",
      summary: "One's own account",
      access: "account",
      status: 200,
      answer: OwnAccountAnswer,
      refusals: ["unauthenticated"],
      async handle(c) {
        const { account } = await requireSession(c);
        const room = await rooms.ofAccount(account);
        return { account: profileJson(account, placeOf(c)), room: room?.id ?? null };
      },
    }),
    defineRoute({
      method: "PATCH",
      path: "/api/account",
      name: "changeAccount",
      summary: "Choose the name that others see",
      access: "account",
      body: AccountChangeBody,
      status: 200,
      answer: ProfileAnswer,
      refusals: ["invalid", "unauthenticated", "name_taken"],
      async handle(c, { displayName }) {
        const { account } = await requireSession(c);
        const changed = displayName === undefined
          ? account
          : await profiles.rename(account, displayName);
        return { account: profileJson(changed, placeOf(c)) };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/account/password",
      name: "changePassword",
      summary: "Change the password; every other session ends",
      access: "account",
      body: PasswordChangeBody,
      status: 204,
      refusals: ["invalid", "unauthenticated", "wrong_credentials", "too_many_attempts", "busy"],
      async handle(c, { current, next }) {
        const { account, token } = await requireSession(c);
        await profiles.changePassword(account, { current, next, token }).catch(inFieldsOfTheCall);
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/account/sessions",
      name: "listSessions",
      summary: "Where the account is logged in",
      access: "account",
      status: 200,
      answer: SessionsAnswer,
      refusals: ["unauthenticated"],
      async handle(c) {
        const { account, token } = await requireSession(c);
        return { sessions: (await profiles.sessions(account, token)).map(sessionJson) };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/account/sessions/{session}",
      name: "endSession",
      summary: "Log out somewhere else",
      access: "account",
      status: 204,
      refusals: ["unauthenticated", "not_found"],
      async handle(c) {
        const { account } = await requireSession(c);
        await profiles.endSession(account, c.req.param("session") ?? "");
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/account/sessions",
      name: "endSessions",
      summary: "Log out everywhere",
      access: "account",
      query: [keep],
      status: 200,
      answer: EndedAnswer,
      refusals: ["invalid", "unauthenticated"],
      async handle(c) {
        const { account, token, by } = await requireSession(c);
        const keepToken = keep.read(c) === null ? null : token;
        const ended = await profiles.endSessions(account, { keepToken });
        if (keepToken === null && by === "cookie") clearSessionCookie(c);
        return { ended };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/account/deletion",
      name: "deleteAccount",
      summary: "Remove the account with its room, follows and pictures",
      access: "account",
      body: DeletionBody,
      status: 204,
      refusals: [
        "invalid",
        "unauthenticated",
        "wrong_credentials",
        "last_admin",
        "too_many_attempts",
        "busy",
      ],
      async handle(c, { password }) {
        const { account, by } = await requireSession(c);
        await profiles.delete(account, { password });
        if (by === "cookie") clearSessionCookie(c);
      },
    }),
  ];
}

const FIELDS: Readonly<Record<string, string>> = { currentPassword: "current", password: "next" };

/** The business names what is at fault after the form; the call has shorter names. */
function inFieldsOfTheCall(error: unknown): never {
  const field = error instanceof ServiceError && error.field !== null ? FIELDS[error.field] : null;
  if (!(error instanceof ServiceError) || field == null) throw error;
  throw new ServiceError(error.code, error.message, { field });
}
