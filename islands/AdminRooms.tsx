import { useState } from "preact/hooks";
import { ActDialog, type AskedAct } from "./admin/act_dialog.tsx";
import { roomActs } from "./admin/acts.ts";
import { type ListPart, pageQuery, type RoomRow, roomRowOf } from "./admin/data.ts";
import { ActButtons, Pager, PersonLine, SearchBar } from "./admin/list_parts.tsx";
import { lastLiveText, RoomFacts, RoomMarks } from "./admin/room_parts.tsx";
import { adminText } from "./i18n/admin.ts";
import { formatCount, type Locale } from "./i18n/mod.ts";
import { api } from "./ui/api.ts";
import { ButtonLink } from "./ui/button.tsx";
import { type Column, DataTable } from "./ui/data_table.tsx";
import { Sheet } from "./ui/dialog.tsx";
import { EmptyState } from "./ui/placeholder.tsx";
import { toast } from "./ui/toast.tsx";

/** Props of {@linkcode AdminRooms}. */
export interface AdminRoomsProps {
  readonly part: ListPart<RoomRow>;
  readonly query: string;
  /** From 1 on. */
  readonly page: number;
  readonly locale: Locale;
  /** When `part` was read. */
  readonly nowMs: number;
}

const PATH = "/admin/rooms";

/** Rooms; each opens into a sheet with what can be done, without script into a page. */
export default function AdminRooms(props: AdminRoomsProps) {
  const { query, page, locale } = props;
  const text = adminText(locale);
  const [{ part: { rows, total }, nowMs }, setState] = useState({
    part: props.part,
    nowMs: props.nowMs,
  });
  const [openId, setOpenId] = useState<string | null>(null);
  const [asked, setAsked] = useState<AskedAct | null>(null);
  const open = rows.find(({ id }) => id === openId) ?? null;
  const refresh = async () => {
    try {
      const answer = await api.get("/api/admin/rooms", { query: pageQuery({ query, page }) });
      const part = { rows: answer.rooms.map(roomRowOf), total: answer.total };
      setState({ part, nowMs: Date.now() });
    } catch {
      toast({ text: text.stale, tone: "bad" });
    }
  };
  const columns: readonly Column<RoomRow>[] = [
    {
      key: "room",
      label: text.room,
      cell: ({ id, title }) => (
        <span class="title-cell">
          <a href={`/rooms/${id}`} dir="auto">{title}</a>
          <span class="hint tabular">{id}</span>
        </span>
      ),
    },
    {
      key: "owner",
      label: text.broadcaster,
      cell: ({ owner }) => <PersonLine person={owner} href={`/admin/accounts/${owner.id}`} />,
    },
    { key: "state", label: text.state, cell: (room) => <RoomMarks room={room} locale={locale} /> },
    {
      key: "viewers",
      label: text.viewers,
      numeric: true,
      cell: ({ viewers }) => formatCount(viewers, locale),
    },
    {
      key: "followers",
      label: text.followers,
      numeric: true,
      cell: ({ followers }) => formatCount(followers, locale),
    },
    {
      key: "last",
      label: text.lastLive,
      cell: (room) => lastLiveText(room, { nowMs, locale }),
    },
    {
      key: "actions",
      label: text.actions,
      actions: true,
      cell: (room) => (
        <ButtonLink
          small
          href={`${PATH}/${room.id}`}
          aria-label={`${text.manage}: ${room.title}`}
          onClick={(event) => {
            event.preventDefault();
            setOpenId(room.id);
          }}
        >
          {text.manage}
        </ButtonLink>
      ),
    },
  ];
  return (
    <div class="admin-list">
      <SearchBar path={PATH} label={text.searchRooms} query={query} locale={locale} />
      <DataTable
        caption={text.room}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        empty={query === ""
          ? <EmptyState icon="tv" title={text.noRooms} text={text.noRoomsText} />
          : <EmptyState icon="search" title={text.nothingFound} text={text.nothingFoundText} />}
      />
      <Pager path={PATH} query={query} page={page} total={total} locale={locale} />
      <Sheet
        id="room-sheet"
        open={open !== null}
        onClose={() => setOpenId(null)}
        title={open?.title ?? ""}
        locale={locale}
        class="admin-sheet"
      >
        {open !== null && (
          <div class="stack">
            <RoomFacts room={open} nowMs={nowMs} locale={locale} />
            <ActButtons
              on="room"
              acts={roomActs(open)}
              name={open.title}
              locale={locale}
              onAsk={(act) => setAsked({ act, id: open.id, name: open.title })}
            />
          </div>
        )}
      </Sheet>
      <ActDialog
        asked={asked}
        locale={locale}
        onClose={() => setAsked(null)}
        onDone={() => void refresh()}
      />
    </div>
  );
}
