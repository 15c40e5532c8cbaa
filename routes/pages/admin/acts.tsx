/**
 * What administrators do to accounts and rooms, as pages: each asks once, with the name in the
 * question, and then leads back. With script the lists ask the same in a dialog.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import {
  ACCOUNT_ACTS,
  type AccountAct,
  accountActs,
  type Act,
  actWords,
  MAX_REASON,
  parseCoins,
  ROOM_ACTS,
  type RoomAct,
  roomActs,
} from "../../../islands/admin/acts.ts";
import { adminText } from "../../../islands/i18n/admin.ts";
import { adminPageText } from "../../../islands/i18n/admin_page.ts";
import { ButtonLink } from "../../../islands/ui/button.tsx";
import { Card } from "../../../islands/ui/card.tsx";
import { isConfirmed } from "../../../islands/ui/dialog.tsx";
import { TextField } from "../../../islands/ui/field.tsx";
import type { Account } from "../../../rooms/model.ts";
import { isRoomId } from "../../../rooms/rules.ts";
import { randomToken } from "../../../rooms/secrets.ts";
import { ServiceError, type Services } from "../../services.ts";
import { ProblemSummary } from "../account.tsx";
import { answer, errorAnswer, NO_STORE } from "../answer.ts";
import type { Page } from "../document.tsx";
import { explainRefusal, type FormProblem, readForm, safeNext } from "../forms.ts";
import type { PagesOptions } from "../options.ts";
import type { Reader } from "../view.ts";
import { adminPage } from "./frame.tsx";
import { gateOf, leaveAdminNotice, type Visit } from "./gate.ts";

/** What an act is done to. */
interface Subject {
  readonly id: string;
  readonly name: string;
  /** What makes sense for it now. */
  readonly acts: readonly string[];
}

/** What was typed into the question of an act. */
interface TypedAct {
  readonly reason: string;
  readonly coins: string;
  /** What the question was called. */
  readonly requestId: string;
}

/** Adds `/admin/accounts/<id>/<act>` and `/admin/rooms/<id>/<act>`. */
export function addActPages(app: Hono, options: PagesOptions): void {
  const gate = gateOf(options);
  const { services } = options;
  const places = [
    { on: "account", path: "/admin/accounts", acts: ACCOUNT_ACTS as readonly string[] },
    { on: "room", path: "/admin/rooms", acts: ROOM_ACTS as readonly string[] },
  ] as const;
  for (const { on, path, acts } of places) {
    const visit = (
      handle: (
        c: Context,
        visit: Visit & { readonly act: Act; readonly subject: Subject; readonly back: string },
      ) => Promise<Response>,
      nextOf: (c: Context) => Promise<string>,
    ) =>
      gate(async (c, { reader, actor }) => {
        const name = c.req.param("act") ?? "";
        if (!acts.includes(name)) return errorAnswer(c, { ...options, kind: "not_found" });
        const act = { on, act: name } as Act;
        const back = safeNext(await nextOf(c), path);
        const subject = await subjectOf(services, { actor, on, id: c.req.param("id") ?? "" });
        if (subject.acts.includes(name)) {
          return await handle(c, { reader, actor, act, subject, back });
        }
        // Sent twice, or somebody else was faster: what was wanted is so.
        leaveAdminNotice(c, "nothing");
        return c.redirect(back, 303);
      });

    app.get(
      `${path}/:id/:act`,
      visit(async (c, { reader, act, subject, back }) => {
        const typed = { reason: "", coins: "", requestId: randomToken(12) };
        const page = actPage({ reader, act, subject, back, problem: null, typed });
        return await answer(c, { ...options, page, cache: NO_STORE });
      }, (c) => Promise.resolve(c.req.query("next") ?? "")),
    );
    app.post(
      `${path}/:id/:act`,
      visit(async (c, { reader, actor, act, subject, back }) => {
        const form = await formOf(c);
        const reason = form("reason").slice(0, MAX_REASON * 2);
        const requestId = form("requestId").slice(0, 64);
        const typed = { reason, coins: form("coins").slice(0, 20), requestId };
        const refuse = (problem: FormProblem) => {
          const page = actPage({ reader, act, subject, back, problem, typed });
          return answer(c, { ...options, page, problem });
        };
        const { asks } = actWords(act, { name: subject.name, locale: reader.locale });
        if (asks === "name" && !isConfirmed(form("typed"), subject.name)) {
          const message = adminPageText(reader.locale).typedWrong(subject.name);
          return refuse({ field: "typed", message, status: 422, retryAfterS: null });
        }
        if (asks === "coins" && parseCoins(typed.coins) === null) {
          const message = adminText(reader.locale).coinsHint;
          return refuse({ field: "coins", message, status: 422, retryAfterS: null });
        }
        try {
          const password = await perform(services, { actor, act, id: subject.id, typed });
          if (password !== null) {
            const page = passwordPage({ reader, subject, password, back });
            return await answer(c, { ...options, page, cache: NO_STORE });
          }
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          return refuse(explainRefusal(error, reader.locale));
        }
        leaveAdminNotice(c, act);
        return c.redirect(act.act === "delete" ? path : back, 303);
      }, async (c) => (await formOf(c))("next")),
    );
  }
}

/** The form of a request; read once, whoever asks first. */
async function formOf(c: Context) {
  const key = "wanren.form";
  const read = c.get(key) as ReturnType<typeof readForm> | undefined;
  if (read !== undefined) return await read;
  const reading = readForm(c);
  c.set(key, reading);
  return await reading;
}

/** @throws {ServiceError} `not_found`. */
async function subjectOf(
  { admin, rooms }: Pick<Services, "admin" | "rooms">,
  { actor, on, id }: {
    readonly actor: Account;
    readonly on: Act["on"];
    readonly id: string;
  },
): Promise<Subject> {
  if (on === "account") {
    const account = await admin.account(actor, id);
    const acts = accountActs({ ...account, self: account.id === actor.id });
    return { id, name: account.name, acts };
  }
  if (!isRoomId(id)) throw new ServiceError("not_found", "Cannot find the room: unknown");
  const room = await rooms.get(id);
  return { id, name: room.title, acts: roomActs(room) };
}

/** Does it; answers the password when there is a new one. */
async function perform(
  { admin, wallets }: Pick<Services, "admin" | "wallets">,
  { actor, act, id, typed }: {
    readonly actor: Account;
    readonly act: Act;
    readonly id: string;
    readonly typed: TypedAct;
  },
): Promise<string | null> {
  const { reason, requestId } = typed;
  if (act.on === "room") {
    const does: Record<RoomAct, () => Promise<unknown>> = {
      "cut-off": () => admin.cutOff(actor, id),
      "reset-key": () => admin.resetKey(actor, id),
      "suspend": () => admin.suspendRoom(actor, id, { suspended: true, reason }),
      "restore": () => admin.suspendRoom(actor, id, { suspended: false, reason }),
    };
    await does[act.act]();
    return null;
  }
  const does: Record<AccountAct, () => Promise<unknown>> = {
    "grant-coins": () =>
      wallets.grant(actor, id, { coins: parseCoins(typed.coins) ?? 0, reason, requestId }),
    "end-sessions": () => admin.endSessions(actor, id),
    "reset-password": () => admin.resetPassword(actor, id),
    "make-admin": () => admin.changeAccount(actor, id, { admin: true }),
    "make-member": () => admin.changeAccount(actor, id, { admin: false }),
    "suspend": () => admin.changeAccount(actor, id, { suspended: true, reason }),
    "restore": () => admin.changeAccount(actor, id, { suspended: false, reason }),
    "delete": () => admin.deleteAccount(actor, id),
  };
  const done = await does[act.act]();
  return act.act === "reset-password" ? String(done) : null;
}

function actPage(
  { reader, act, subject, back, problem, typed }: {
    readonly reader: Reader;
    readonly act: Act;
    readonly subject: Subject;
    readonly back: string;
    readonly problem: FormProblem | null;
    readonly typed: TypedAct;
  },
): Page {
  const { locale } = reader;
  const text = adminPageText(locale);
  const words = actWords(act, { name: subject.name, locale });
  return adminPage({
    reader,
    place: act.on === "account" ? "accounts" : "rooms",
    title: words.question,
    quietTitle: true,
    children: (
      <section class="card form-card admin-question">
        <h2 dir="auto">{words.question}</h2>
        <p class="muted">{words.text}</p>
        <form
          method="post"
          action={`/admin/${act.on === "account" ? "accounts" : "rooms"}/${subject.id}/${act.act}`}
          class="stack"
        >
          <ProblemSummary problem={problem} />
          <input type="hidden" name="next" value={back} />
          {words.asks === "coins" && (
            <>
              {/* Sent twice, it is done once. */}
              <input type="hidden" name="requestId" value={typed.requestId} />
              <TextField
                id="coins"
                label={adminText(locale).coins}
                hint={adminText(locale).coinsHint}
                error={problem?.field === "coins" ? problem.message : null}
                inputMode="numeric"
                pattern="[0-9]{1,10}"
                maxLength={10}
                autoComplete="off"
                defaultValue={typed.coins}
                required
              />
            </>
          )}
          {(words.asks === "reason" || words.asks === "coins") && (
            <TextField
              id="reason"
              label={adminText(locale).reason}
              hint={adminText(locale).reasonHint}
              maxLength={MAX_REASON}
              autoComplete="off"
              defaultValue={typed.reason}
              dir="auto"
            />
          )}
          {words.asks === "name" && (
            <TextField
              id="typed"
              label={text.typed(subject.name)}
              error={problem?.field === "typed" ? problem.message : null}
              autoComplete="off"
              autoCapitalize="none"
              spellcheck={false}
              maxLength={256}
              required
              dir="auto"
            />
          )}
          <div class="form-end">
            <button type="submit" class={`button ${words.danger ? "danger" : "primary"}`}>
              {words.label}
            </button>
            <ButtonLink href={back}>{text.back}</ButtonLink>
          </div>
        </form>
      </section>
    ),
  });
}

function passwordPage(
  { reader, subject, password, back }: {
    readonly reader: Reader;
    readonly subject: Subject;
    readonly password: string;
    readonly back: string;
  },
): Page {
  const text = adminPageText(reader.locale);
  const { newPassword, newPasswordText } = adminText(reader.locale);
  return adminPage({
    reader,
    place: "accounts",
    title: text.passwordTitle,
    quietTitle: true,
    children: (
      <section class="card form-card admin-question">
        <h2>{text.passwordTitle}</h2>
        <p class="muted" dir="auto">{newPasswordText(subject.name)}</p>
        <div class="field">
          <label for="password">{newPassword}</label>
          <input id="password" class="input mono" readOnly value={password} dir="ltr" />
          <p class="hint">{text.passwordNote}</p>
        </div>
        <p>
          <ButtonLink kind="primary" href={back}>{text.goOn}</ButtonLink>
        </p>
      </section>
    ),
  });
}

/** Links to everything that makes sense for an account or a room. */
export function ActLinks(
  { reader, on, subject }: {
    readonly reader: Reader;
    readonly on: Act["on"];
    readonly subject: Subject;
  },
) {
  const { locale } = reader;
  const base = on === "account" ? "/admin/accounts" : "/admin/rooms";
  const next = `?next=${encodeURIComponent(`${base}/${subject.id}`)}`;
  return (
    <Card id="acts" title={adminPageText(locale).whatYouCanDo}>
      <ul class="acts">
        {subject.acts.map((act) => {
          const words = actWords({ on, act } as Act, { name: subject.name, locale });
          return (
            <li key={act}>
              <ButtonLink
                href={`${base}/${subject.id}/${act}${next}`}
                icon={words.icon}
                class={words.danger ? "danger-quiet" : undefined}
                wide
              >
                {words.label}
              </ButtonLink>
              <p class="hint">{words.text}</p>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
