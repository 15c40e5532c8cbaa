/**
 * Logging in and out, signing up, setting up.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { formsText } from "../../islands/i18n/forms.ts";
import { clientOf } from "../client.ts";
import { ServiceError, type Services } from "../services.ts";
import { clearSessionCookie, sessionOf, setSessionCookie } from "../session.ts";
import { type AccountForm, logInPage, setUpPage, signUpPage } from "./account.tsx";
import { answer, NO_STORE } from "./answer.ts";
import { messagePage } from "./error.tsx";
import { explainRefusal, type Form, type FormProblem, readForm, safeNext } from "./forms.ts";
import type { PagesOptions } from "./options.ts";
import { anonymousReader, readReader } from "./view.ts";

const MAX_TOKEN_LENGTH = 512;
/** Where the first administrator goes on. */
const WELCOME = "/admin/welcome";

/** Adds `/login`, `/signup`, `/setup`, `/logout`. */
export function addAccountPages(app: Hono, options: PagesOptions): void {
  const { accounts, settings } = options.services;
  const signUpOpen = () => settings.values.signUp === "open";
  const pages = {
    login: { page: logInPage, send: accounts.logIn.bind(accounts) },
    signup: { page: signUpPage, send: accounts.signUp.bind(accounts) },
  };
  for (const [path, { page, send }] of Object.entries(pages)) {
    app.get(`/${path}`, async (c) => {
      const reader = await readReader(c, options);
      const next = safeNext(c.req.query("next"));
      if (reader.account !== null) return c.redirect(next, 303);
      const form = { reader, next, name: "", problem: null, signUpOpen: signUpOpen() };
      const status = path === "signup" && !form.signUpOpen ? 403 : 200;
      return answer(c, { ...options, page: page(form), status, cache: NO_STORE });
    });
    app.post(`/${path}`, async (c) => {
      const form = await readForm(c);
      const next = safeNext(form("next"));
      const refused = await logInWith(c, options, { form, send });
      if (refused === null) return c.redirect(next, 303);
      const reader = anonymousReader(c, options);
      return answer(c, {
        ...options,
        page: page({
          reader,
          next,
          name: form("name"),
          problem: refused,
          signUpOpen: signUpOpen(),
        }),
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
    const page = setUpPage({ reader, token, name: "", problem: null, next: WELCOME });
    return answer(c, { ...options, page, cache: NO_STORE });
  });
  app.post("/setup", async (c) => {
    const form = await readForm(c);
    const token = form("token").slice(0, MAX_TOKEN_LENGTH);
    const next = safeNext(form("next"), WELCOME);
    const refused = await logInWith(c, options, {
      form,
      send: (credentials) => accounts.setUp({ ...credentials, setupToken: token }),
    });
    if (refused === null) return c.redirect(next, 303);
    const state: Omit<AccountForm, "signUpOpen"> = {
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
      userAgent: c.req.header("user-agent") ?? "",
    });
    setSessionCookie(c, token);
    return null;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return explainRefusal(error, anonymousReader(c, options).locale);
  }
}
