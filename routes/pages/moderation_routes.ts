/**
 * `/studio/moderation` and its form: everything works without script.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { wordLines } from "../../islands/admin/settings_data.ts";
import { moderationText } from "../../islands/i18n/moderation.ts";
import type { Account } from "../../rooms/model.ts";
import type { RoomRulesChange, WordAction } from "../../rooms/moderation/room_rules.ts";
import { ServiceError } from "../services.ts";
import { answer, errorAnswer, NO_STORE } from "./answer.ts";
import { explainRefusal, type Form, type FormProblem, readForm } from "./forms.ts";
import { moderationPage } from "./moderation.tsx";
import { leaveNotice, takeNotice } from "./notice.ts";
import type { PagesOptions } from "./options.ts";
import { type Reader, readReader } from "./view.ts";

const PATH = "/studio/moderation";
const LOG_IN = `/login?next=${PATH}`;
/** 300 words of 40 characters with up to 12 bytes for each in a form. */
const MAX_FORM_BYTES = 192 * 1024;

interface Visit {
  readonly reader: Reader;
  readonly account: Account;
  readonly roomId: string;
}

/** Adds the page. */
export function addModerationPage(app: Hono, options: PagesOptions): void {
  app.get(PATH, async (c) => {
    const visit = await visitOf(c, options, c.req.query("room") ?? "");
    return visit instanceof Response ? visit : await show(c, options, { visit, problem: null });
  });

  app.post(PATH, async (c) => {
    const form = await readForm(c, { maxBytes: MAX_FORM_BYTES });
    const visit = await visitOf(c, options, form("room"));
    if (visit instanceof Response) return visit;
    let place: string | null;
    try {
      place = await act(visit, form, options);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const problem = explain(error, visit.reader);
      return await show(c, options, { visit, problem });
    }
    if (place === null) return errorAnswer(c, { ...options, kind: "bad_request" });
    leaveNotice(c, "moderation");
    return c.redirect(`${PATH}?room=${visit.roomId}#${place}`, 303);
  });
}

/** Who asks about which room; theirs, when none is named. */
async function visitOf(
  c: Context,
  options: PagesOptions,
  named: string,
): Promise<Visit | Response> {
  const reader = await readReader(c, options);
  const { account } = reader;
  if (account === null) return c.redirect(LOG_IN, 303);
  if (named !== "") return { reader, account, roomId: named };
  const room = await options.services.rooms.ofAccount(account);
  return room === null ? c.redirect("/studio", 303) : { reader, account, roomId: room.id };
}

async function show(
  c: Context,
  options: PagesOptions,
  { visit, problem }: { readonly visit: Visit; readonly problem: FormProblem | null },
): Promise<Response> {
  const { moderation, people } = options.services;
  const { reader, account, roomId } = visit;
  try {
    const room = await people.room(roomId, account);
    const [{ rules }, moderators, mutes, bans, held, reports, acts] = await Promise.all([
      moderation.rules(account, room.id),
      moderation.moderators(account, room.id),
      moderation.restrictions(account, room.id, "mutes"),
      moderation.restrictions(account, room.id, "bans"),
      moderation.held(account, room.id),
      moderation.reports(account, room.id),
      moderation.acts(account, room.id),
    ]);
    const isOwn = room.owner.id === account.id;
    const page = moderationPage({
      ...{ reader, room, rules, moderators, mutes, bans, held, reports, acts, isOwn },
      appoints: isOwn || account.admin,
      done: takeNotice(c, ["moderation"]) !== null,
      problem: problem?.message ?? null,
    });
    return await answer(c, { ...options, page, problem: problem ?? undefined, cache: NO_STORE });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const kind = error.code === "not_found" ? "not_found" : "forbidden";
    return await errorAnswer(c, { ...options, kind });
  }
}

/** Does what a form asks for; answers where on the page it is to be seen, null for nonsense. */
async function act(
  { account, roomId }: Visit,
  form: Form,
  { services: { moderation } }: PagesOptions,
): Promise<string | null> {
  const change = async (rules: RoomRulesChange) => {
    await moderation.changeRules(account, roomId, rules);
  };
  const kind = form("kind") === "bans" ? "bans" : "mutes";
  switch (form("act")) {
    case "rules":
      await change({
        slowModeS: numberOf(form("slowModeS")),
        minLevel: numberOf(form("minLevel")),
        followersOnly: form("followersOnly") !== "",
        emotesOnly: form("emotesOnly") !== "",
        visitors: form("visitors") !== "",
        review: form("review") !== "",
      });
      return "rules-title";
    case "words": {
      const action = form("wordAction") as WordAction;
      await change({ words: { list: wordLines(form("words")), action } });
      return "words-card-title";
    }
    case "appoint": {
      const { id } = await moderation.find(form("name"));
      await moderation.addModerator(account, roomId, id);
      return "moderators-title";
    }
    case "dismiss":
      await moderation.removeModerator(account, roomId, form("account"));
      return "moderators-title";
    case "restrict": {
      const { id: accountId } = await moderation.find(form("name"));
      const seconds = form("seconds") === "" ? null : numberOf(form("seconds"));
      const reason = form("reason");
      await moderation.restrict(account, roomId, { kind, accountId, seconds, reason });
      return `${kind}-title`;
    }
    case "lift":
      await moderation.lift(account, roomId, { kind, accountId: form("account") });
      return `${kind}-title`;
    case "approve":
    case "reject":
      await moderation.decide(account, roomId, {
        id: form("id"),
        approve: form("act") === "approve",
      });
      return "held-title";
    case "remove":
      await moderation.removeMessage(account, roomId, form("message"));
      await moderation.closeReport(account, roomId, form("id"));
      return "reports-title";
    case "close":
      await moderation.closeReport(account, roomId, form("id"));
      return "reports-title";
    default:
      return null;
  }
}

function numberOf(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : NaN;
}

function explain(error: ServiceError, reader: Reader): FormProblem {
  const text = moderationText(reader.locale);
  const problem = (status: FormProblem["status"], message: string): FormProblem => ({
    field: null,
    message,
    status,
    retryAfterS: error.retryAfterS,
  });
  switch (error.code) {
    case "invalid":
      return problem(422, text.wrong);
    case "forbidden":
      return problem(403, text.notAllowed);
    case "too_many":
      return problem(409, text.full);
    case "not_found":
      return error.field === "name" ? problem(422, text.unknownName) : problem(409, text.gone);
    default:
      return explainRefusal(error, reader.locale);
  }
}
