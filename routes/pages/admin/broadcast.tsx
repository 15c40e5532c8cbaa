/**
 * `/admin/broadcast`: words to every room. The form asks once, with the words as viewers see them;
 * what was said lately stands beside it.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { broadcastText } from "../../../islands/i18n/broadcast.ts";
import { formatRelative } from "../../../islands/i18n/mod.ts";
import { Button, ButtonLink } from "../../../islands/ui/button.tsx";
import { Card } from "../../../islands/ui/card.tsx";
import { TextArea, TextField } from "../../../islands/ui/field.tsx";
import { Icon } from "../../../islands/ui/icons.tsx";
import { Badge } from "../../../islands/ui/marks.tsx";
import { EmptyState } from "../../../islands/ui/placeholder.tsx";
import { MESSAGE_LENGTH, parseMessageText } from "../../../rooms/messages/words.ts";
import type { AuditEntry } from "../../../rooms/model.ts";
import { isRoomId } from "../../../rooms/rules.ts";
import { randomToken } from "../../../rooms/secrets.ts";
import { ServiceError, type Services } from "../../services.ts";
import { ProblemSummary } from "../account.tsx";
import { answer, NO_STORE } from "../answer.ts";
import { explainRefusal, type Form, type FormProblem, readForm } from "../forms.ts";
import type { PagesOptions } from "../options.ts";
import type { Reader } from "../view.ts";
import { adminPage } from "./frame.tsx";
import { gateOf, leaveAdminNotice, takeAdminNotice, type Visit } from "./gate.ts";

const PATH = "/admin/broadcast";
/** What was said lately. */
const SHOWN = 5;

/** What stands in the form. */
interface Typed {
  readonly text: string;
  readonly room: string;
  /** The same one is sent once. */
  readonly requestId: string;
}

/** What is about to be said. */
interface Checked extends Typed {
  /** Title of the room that it leads to. */
  readonly roomTitle: string | null;
}

/** Adds the page and its form. */
export function addBroadcastPage(app: Hono, options: PagesOptions): void {
  const gate = gateOf(options);
  const { admin, messages, rooms } = options.services;

  const show = async (
    c: Context,
    { reader, actor }: Visit,
    state: {
      readonly typed: Typed;
      readonly checked?: Checked;
      readonly problem?: FormProblem;
    },
  ) => {
    const { typed, checked, problem } = state;
    const last = await admin.audit(actor, {
      before: null,
      limit: SHOWN,
      action: "broadcast_sent",
    });
    const page = adminPage({
      reader,
      place: "broadcast",
      title: broadcastText(reader.locale).title,
      notice: c.req.method === "GET" ? takeAdminNotice(c, reader) : null,
      children: (
        <div class="broadcast">
          {checked === undefined
            ? <Writing reader={reader} typed={typed} problem={problem ?? null} />
            : <Asking reader={reader} checked={checked} />}
          <Lately reader={reader} entries={last} />
        </div>
      ),
    });
    return await answer(c, { ...options, page, problem, cache: NO_STORE });
  };

  app.get(
    PATH,
    gate((c, visit) =>
      show(c, visit, { typed: { text: "", room: "", requestId: randomToken(12) } })
    ),
  );
  app.post(
    PATH,
    gate(async (c, visit) => {
      const form = await readForm(c);
      const typed = typedIn(form);
      const step = form("step");
      if (step === "edit") return await show(c, visit, { typed });
      try {
        const checked = await checkedOf(typed, rooms);
        if (step !== "send") return await show(c, visit, { typed, checked });
        const { text, room, requestId } = checked;
        await messages.broadcast(visit.actor, { text, room: room || null, requestId });
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return await show(c, visit, { typed, problem: explain(error, visit.reader) });
      }
      leaveAdminNotice(c, "broadcast");
      return c.redirect(PATH, 303);
    }),
  );
}

function typedIn(form: Form): Typed {
  return {
    text: form("text").slice(0, MESSAGE_LENGTH.max * 4),
    room: form("room").trim().replace(/^#/, "").slice(0, 20),
    requestId: form("requestId").slice(0, 64) || randomToken(12),
  };
}

/** @throws {ServiceError} `invalid` with the field. */
async function checkedOf(typed: Typed, rooms: Services["rooms"]): Promise<Checked> {
  const text = parseMessageText(typed.text);
  if (typed.room === "") return { ...typed, text, roomTitle: null };
  const wrong = new ServiceError("invalid", "Cannot accept room: there is none", { field: "room" });
  if (!isRoomId(typed.room)) throw wrong;
  const room = await rooms.get(typed.room).catch((error: unknown) => {
    throw error instanceof ServiceError ? wrong : error;
  });
  if (room.suspended) throw wrong;
  return { ...typed, text, roomTitle: room.title };
}

function explain(error: ServiceError, { locale }: Reader): FormProblem {
  const text = broadcastText(locale);
  const { code, retryAfterS } = error;
  const refused = explainRefusal(error, locale);
  if (code === "slow_down") {
    return { ...refused, message: text.tooMany(String(retryAfterS ?? 1)), field: null };
  }
  if (code !== "invalid") return { ...refused, message: text.failed, field: null };
  if (error.field === "room") return { ...refused, message: text.roomWrong, field: "room" };
  return { ...refused, message: text.wordsWrong, field: "text" };
}

function Writing(
  { reader, typed, problem }: {
    readonly reader: Reader;
    readonly typed: Typed;
    readonly problem: FormProblem | null;
  },
) {
  const text = broadcastText(reader.locale);
  const wrong = (field: string) => problem?.field === field ? problem.message : null;
  return (
    <section class="card stack">
      <p class="muted">{text.lead}</p>
      <form method="post" action={PATH} class="stack">
        <ProblemSummary problem={problem} />
        <input type="hidden" name="requestId" value={typed.requestId} />
        <TextArea
          id="text"
          label={text.words}
          hint={text.wordsHint}
          error={wrong("text")}
          defaultValue={typed.text}
          maxLength={MESSAGE_LENGTH.max}
          required
          dir="auto"
        />
        <TextField
          id="room"
          label={text.room}
          hint={text.roomHint}
          error={wrong("room")}
          defaultValue={typed.room}
          inputMode="numeric"
          maxLength={20}
          autoComplete="off"
        />
        <div class="form-end">
          <Button type="submit" kind="primary" icon="eye" name="step" value="preview">
            {text.preview}
          </Button>
        </div>
      </form>
    </section>
  );
}

function Asking({ reader, checked }: { readonly reader: Reader; readonly checked: Checked }) {
  const text = broadcastText(reader.locale);
  const { roomTitle, room } = checked;
  return (
    <Card id="ask" title={text.ask}>
      <p class="muted">{text.askText}</p>
      <p class="broadcast-preview" dir="auto">
        <Badge kind="violet">{text.everyone}</Badge>{" "}
        {roomTitle === null ? checked.text : <a href={`/rooms/${room}`}>{checked.text}</a>}
      </p>
      {roomTitle !== null && (
        <p class="hint" dir="auto">
          <Icon name="link" size={16} /> {text.leads(roomTitle, room)}
        </p>
      )}
      <form method="post" action={PATH} class="form-end">
        <input type="hidden" name="requestId" value={checked.requestId} />
        <input type="hidden" name="text" value={checked.text} />
        <input type="hidden" name="room" value={room} />
        <Button type="submit" kind="primary" icon="megaphone" name="step" value="send">
          {text.send}
        </Button>
        <Button type="submit" name="step" value="edit">{text.edit}</Button>
      </form>
    </Card>
  );
}

function Lately(
  { reader, entries }: { readonly reader: Reader; readonly entries: readonly AuditEntry[] },
) {
  const { locale, nowMs } = reader;
  const text = broadcastText(locale);
  return (
    <Card id="lately" title={text.last}>
      {entries.length === 0
        ? (
          <EmptyState
            inset
            level={3}
            icon="megaphone"
            title={text.none}
            text={text.noneText}
          />
        )
        : (
          <ul class="broadcast-list">
            {entries.map(({ id, detail, actor, atMs }) => (
              <li key={id}>
                <p dir="auto">{detail}</p>
                <p class="hint">
                  <bdi>{text.by(actor.name)}</bdi>
                  {" · "}
                  <time dateTime={new Date(atMs).toISOString()}>
                    {formatRelative(atMs, { nowMs, locale })}
                  </time>
                </p>
              </li>
            ))}
          </ul>
        )}
      {entries.length > 0 && (
        <p>
          <ButtonLink small icon="history" href="/admin/audit?action=broadcast_sent">
            {text.all}
          </ButtonLink>
        </p>
      )}
    </Card>
  );
}
