/**
 * `/admin/rooms` and `/admin/accounts`: lists with a search, and one page for each entry.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { AccountFacts } from "../../../islands/admin/account_parts.tsx";
import { accountActs, roomActs } from "../../../islands/admin/acts.ts";
import { PAGE_ROWS } from "../../../islands/admin/data.ts";
import { RoomFacts } from "../../../islands/admin/room_parts.tsx";
import AdminAccounts from "../../../islands/AdminAccounts.tsx";
import AdminRooms from "../../../islands/AdminRooms.tsx";
import { adminPageText } from "../../../islands/i18n/admin_page.ts";
import { Card } from "../../../islands/ui/card.tsx";
import { Island } from "../../../islands/ui/island.tsx";
import { isRoomId } from "../../../rooms/rules.ts";
import { answer, errorAnswer, NO_STORE } from "../answer.ts";
import { parseQuery } from "../lobby.tsx";
import type { PagesOptions } from "../options.ts";
import { ActLinks } from "./acts.tsx";
import { adminPage } from "./frame.tsx";
import { gateOf, takeAdminNotice } from "./gate.ts";
import { accountRow, roomRow } from "./rows.ts";

/** Nobody pages further by hand. */
const MAX_PAGE_NUMBER = 60_000;

/** Adds the lists and the pages of their entries. */
export function addListPages(app: Hono, options: PagesOptions): void {
  const gate = gateOf(options);
  const { admin, rooms } = options.services;

  app.get(
    "/admin/accounts",
    gate(async (c, { reader, actor }) => {
      const { locale } = reader;
      const { query, page: number } = partOf(c);
      const { accounts, total } = await admin.accounts(actor, sliceOf(query, number));
      const page = adminPage({
        reader,
        place: "accounts",
        title: adminPageText(locale).accounts,
        quietTitle: true,
        notice: takeAdminNotice(c, reader),
        children: (
          <Island
            name="AdminAccounts"
            component={AdminAccounts}
            props={{
              part: { rows: accounts.map(accountRow), total },
              query,
              page: number,
              self: actor.id,
              locale,
            }}
          />
        ),
      });
      return answer(c, { ...options, page, cache: NO_STORE });
    }),
  );

  app.get(
    "/admin/accounts/:id",
    gate(async (c, { reader, actor }) => {
      const { locale } = reader;
      const account = await admin.account(actor, c.req.param("id") ?? "");
      const row = accountRow(account);
      const acts = accountActs({ ...row, self: row.id === actor.id });
      const page = adminPage({
        reader,
        place: "accounts",
        title: row.displayName ?? row.name,
        notice: takeAdminNotice(c, reader),
        children: (
          <div class="admin-entry">
            <Card id="facts" title={adminPageText(locale).accountFacts}>
              <AccountFacts account={row} self={actor.id} locale={locale} />
            </Card>
            <ActLinks reader={reader} on="account" subject={{ id: row.id, name: row.name, acts }} />
          </div>
        ),
      });
      return answer(c, { ...options, page, cache: NO_STORE });
    }),
  );

  app.get(
    "/admin/rooms",
    gate(async (c, { reader, actor }) => {
      const { locale, nowMs } = reader;
      const { query, page: number } = partOf(c);
      const { rooms: found, total } = await admin.rooms(actor, sliceOf(query, number));
      const page = adminPage({
        reader,
        place: "rooms",
        title: adminPageText(locale).rooms,
        quietTitle: true,
        notice: takeAdminNotice(c, reader),
        children: (
          <Island
            name="AdminRooms"
            component={AdminRooms}
            props={{
              part: { rows: found.map(roomRow), total },
              query,
              page: number,
              locale,
              nowMs,
            }}
          />
        ),
      });
      return answer(c, { ...options, page, cache: NO_STORE });
    }),
  );

  app.get(
    "/admin/rooms/:id",
    gate(async (c, { reader }) => {
      const { locale, nowMs } = reader;
      const id = c.req.param("id") ?? "";
      if (!isRoomId(id)) return errorAnswer(c, { ...options, kind: "room_not_found" });
      const room = await rooms.get(id);
      const row = roomRow(room);
      const text = adminPageText(locale);
      const page = adminPage({
        reader,
        place: "rooms",
        title: row.title,
        notice: takeAdminNotice(c, reader),
        children: (
          <div class="admin-entry">
            <Card id="facts" title={text.roomFacts}>
              <RoomFacts room={row} nowMs={nowMs} locale={locale} />
              {room.description !== "" && <p class="description" dir="auto">{room.description}</p>}
            </Card>
            <ActLinks
              reader={reader}
              on="room"
              subject={{ id, name: row.title, acts: roomActs(row) }}
            />
          </div>
        ),
      });
      return answer(c, { ...options, page, cache: NO_STORE });
    }),
  );
}

function partOf(c: Context): { readonly query: string; readonly page: number } {
  const text = c.req.query("page") ?? "";
  const page = /^\d{1,5}$/.test(text) ? Number(text) : 1;
  return {
    query: parseQuery(c.req.query("q")),
    page: Math.max(1, Math.min(page, MAX_PAGE_NUMBER)),
  };
}

function sliceOf(query: string, page: number) {
  return { query, limit: PAGE_ROWS, offset: (page - 1) * PAGE_ROWS };
}
