/**
 * Who may see the administrators' pages, and what a form there says after it was done.
 *
 * @module
 */
import type { Context, Handler } from "hono";
import {
  ACCOUNT_ACTS,
  type AccountAct,
  type Act,
  actDone,
  ROOM_ACTS,
  type RoomAct,
} from "../../../islands/admin/acts.ts";
import { adminPageText } from "../../../islands/i18n/admin_page.ts";
import { broadcastText } from "../../../islands/i18n/broadcast.ts";
import { adminSettingsText } from "../../../islands/i18n/admin_settings.ts";
import type { Account } from "../../../rooms/model.ts";
import { errorAnswer } from "../answer.ts";
import { leaveNotice, takeNotice } from "../notice.ts";
import type { PagesOptions } from "../options.ts";
import { type Reader, readReader } from "../view.ts";

/** An administrator with a request. */
export interface Visit {
  readonly reader: Reader;
  readonly actor: Account;
}

/** Wraps handlers: visitors log in first, others see that it is not for them. */
export function gateOf(options: PagesOptions) {
  return (handle: (c: Context, visit: Visit) => Promise<Response>): Handler => async (c) => {
    const reader = await readReader(c, options);
    const { account: actor } = reader;
    if (actor === null) {
      const back = c.req.method === "GET" ? reader.path : "/admin";
      return c.redirect(`/login?next=${encodeURIComponent(back)}`, 303);
    }
    if (!actor.admin) return errorAnswer(c, { ...options, kind: "forbidden" });
    return await handle(c, { reader, actor });
  };
}

type OtherNotice = "settings" | "broadcast" | "nothing";
type NoticeCode = `account.${AccountAct}` | `room.${RoomAct}` | OtherNotice;

const CODES: readonly NoticeCode[] = [
  ...ACCOUNT_ACTS.map((act) => `account.${act}` as const),
  ...ROOM_ACTS.map((act) => `room.${act}` as const),
  "settings",
  "broadcast",
  "nothing",
];

/** Says on the next page what was done. */
export function leaveAdminNotice(c: Context, what: Act | OtherNotice): void {
  leaveNotice(c, typeof what === "string" ? what : `${what.on}.${what.act}`);
}

/** What the form before this page did, in words; null: nothing. */
export function takeAdminNotice(c: Context, { locale }: Reader): string | null {
  const code = takeNotice(c, CODES);
  if (code === null) return null;
  if (code === "nothing") return adminPageText(locale).nothingToDo;
  if (code === "broadcast") return broadcastText(locale).sent;
  if (code === "settings") return adminSettingsText(locale).saved;
  const [on, act] = code.split(".");
  return actDone({ on, act } as Act, locale);
}
