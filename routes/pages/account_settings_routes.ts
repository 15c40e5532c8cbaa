/**
 * The handlers of `/account`: every change is a plain form that leads back.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import type { RefusedForm } from "../../islands/account/data.ts";
import { accountText } from "../../islands/i18n/account.ts";
import { isConfirmed } from "../../islands/ui/dialog.tsx";
import { ServiceError } from "../services.ts";
import { clearSessionCookie, type Session, sessionOf } from "../session.ts";
import { ACCOUNT_NOTICES, accountPage, deletionPage } from "./account_settings.tsx";
import { answer, NO_STORE } from "./answer.ts";
import { messagePage } from "./error.tsx";
import { explainRefusal, type Form, type FormProblem, readForm } from "./forms.ts";
import { leaveNotice, takeNotice } from "./notice.ts";
import type { PagesOptions } from "./options.ts";
import { anonymousReader, type Reader } from "./view.ts";
import { walletPage } from "./wallet.tsx";

/** Lines of the wallet on the account page. */
const SHOWN_LINES = 4;
/** Lines of the wallet on its own page. */
const PAGE_LINES = 25;

/** Who is logged in, and how they read. */
interface Owner {
  readonly session: Session;
  readonly reader: Reader;
}

/** Adds `/account` and what is below it. */
export function addAccountSettings(app: Hono, options: PagesOptions): void {
  const { profiles, wallets } = options.services;

  const show = async (
    c: Context,
    { session, reader }: Owner,
    { refused, problem }: { readonly refused?: RefusedForm; readonly problem?: FormProblem } = {},
  ) => {
    const { account, token } = session;
    const [view, lines] = await Promise.all([
      wallets.read(account),
      wallets.history(account, { before: null, limit: SHOWN_LINES + 1 }),
    ]);
    const page = accountPage({
      reader,
      account,
      sessions: await profiles.sessions(account, token),
      wallet: {
        view,
        entries: lines.slice(0, SHOWN_LINES),
        more: lines.length > SHOWN_LINES,
        // A form of the island has its problem there.
        problem: refused === undefined ? problem ?? null : null,
      },
      notice: problem === undefined ? takeNotice(c, ACCOUNT_NOTICES) : null,
      refused: refused ?? null,
    });
    return answer(c, { ...options, page, problem, cache: NO_STORE });
  };
  /** A form that leads back when it was done, and comes back when it was refused. */
  const change = (
    path: string,
    { form, done, typed }: {
      readonly form: RefusedForm["form"];
      readonly done: (owner: Owner, form: Form) => Promise<void>;
      readonly typed: (form: Form) => string;
    },
  ) =>
    app.post(path, async (c) => {
      const fields = await readForm(c);
      const owner = await ownerOf(c, options);
      if (owner === null) return c.redirect("/login?next=/account", 303);
      try {
        await done(owner, fields);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        const problem = explainRefusal(error, owner.reader.locale);
        const { field, message } = problem;
        const refused = { form, field, message, typed: typed(fields) };
        return await show(c, owner, { refused, problem });
      }
      leaveNotice(c, form === "profile" ? "saved" : "passwordChanged");
      return c.redirect("/account", 303);
    });

  app.get("/account", async (c) => {
    const owner = await ownerOf(c, options);
    return owner === null ? c.redirect("/login?next=/account", 303) : await show(c, owner);
  });
  change("/account/profile", {
    form: "profile",
    typed: (form) => form("displayName").slice(0, 256),
    done: async ({ session }, form) => {
      const name = form("displayName");
      await profiles.rename(session.account, name.trim() === "" ? null : name);
    },
  });
  change("/account/password", {
    form: "password",
    typed: () => "",
    done: async ({ session }, form) => {
      const [current, next] = [form("current"), form("next")];
      await profiles.changePassword(session.account, { current, next, token: session.token });
    },
  });

  app.get("/account/wallet", async (c) => {
    const owner = await ownerOf(c, options);
    if (owner === null) return c.redirect("/login?next=/account/wallet", 303);
    const { reader, session: { account } } = owner;
    const asked = c.req.query("before") ?? "";
    const before = /^[1-9]\d{0,14}$/.test(asked) ? Number(asked) : null;
    const [view, lines] = await Promise.all([
      wallets.read(account),
      wallets.history(account, { before, limit: PAGE_LINES + 1 }),
    ]);
    const entries = lines.slice(0, PAGE_LINES);
    const older = lines.length > PAGE_LINES ? entries.at(-1)!.id : null;
    const page = walletPage({ reader, view, entries, older, paged: before !== null });
    return await answer(c, { ...options, page, cache: NO_STORE });
  });
  app.post("/account/wallet/top-up", async (c) => {
    const form = await readForm(c);
    const owner = await ownerOf(c, options);
    if (owner === null) return c.redirect("/login?next=/account", 303);
    try {
      await wallets.topUp(owner.session.account, { requestId: form("requestId") });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const problem = explainRefusal(error, owner.reader.locale);
      return await show(c, owner, { problem: { ...problem, field: null } });
    }
    leaveNotice(c, "toppedUp");
    return c.redirect("/account", 303);
  });

  app.post("/account/sessions/end", async (c) => {
    const form = await readForm(c);
    const owner = await ownerOf(c, options);
    if (owner === null) return c.redirect("/login?next=/account", 303);
    const { account } = owner.session;
    // Over already is what was wanted.
    await profiles.endSession(account, form("session").slice(0, 64)).catch(unlessNotFound);
    leaveNotice(c, "sessionEnded");
    return c.redirect("/account", 303);
  });
  app.post("/account/sessions", async (c) => {
    const form = await readForm(c);
    const owner = await ownerOf(c, options);
    if (owner === null) return c.redirect("/login?next=/account", 303);
    const { account, token } = owner.session;
    const keeps = form("keep") === "current";
    await profiles.endSessions(account, { keepToken: keeps ? token : null });
    if (keeps) leaveNotice(c, "elsewhereEnded");
    else clearSessionCookie(c);
    return c.redirect(keeps ? "/account" : "/login", 303);
  });

  app.get("/account/delete", async (c) => {
    const owner = await ownerOf(c, options);
    if (owner === null) return c.redirect("/login?next=/account", 303);
    const { account } = owner.session;
    const page = deletionPage({ reader: owner.reader, account, problem: null, typed: "" });
    return answer(c, { ...options, page, cache: NO_STORE });
  });
  app.post("/account/delete", async (c) => {
    const form = await readForm(c);
    const owner = await ownerOf(c, options);
    if (owner === null) return c.redirect("/login?next=/account", 303);
    const { reader, session: { account } } = owner;
    const typed = form("typed").slice(0, 256);
    const refuse = (problem: FormProblem) =>
      answer(c, { ...options, page: deletionPage({ reader, account, problem, typed }), problem });
    if (!isConfirmed(typed, account.name)) {
      const message = accountText(reader.locale).deletionTypedWrong(account.name);
      return refuse({ field: "typed", message, status: 422, retryAfterS: null });
    }
    try {
      await profiles.delete(account, { password: form("password") });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return refuse(explainRefusal(error, reader.locale));
    }
    clearSessionCookie(c);
    return c.redirect("/account/deleted", 303);
  });
  app.get("/account/deleted", (c) => {
    const reader = anonymousReader(c, options);
    const { deleted, deletedText } = accountText(reader.locale);
    const page = messagePage(reader, { icon: "user", title: deleted, sentence: deletedText });
    return answer(c, { ...options, page, cache: NO_STORE });
  });
}

async function ownerOf(c: Context, options: PagesOptions): Promise<Owner | null> {
  const session = await sessionOf(c);
  if (session === null) return null;
  return { session, reader: { ...anonymousReader(c, options), account: session.account } };
}

function unlessNotFound(error: unknown): void {
  if (!(error instanceof ServiceError && error.code === "not_found")) throw error;
}
