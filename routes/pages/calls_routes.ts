/**
 * The addresses of calls.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { callPageText } from "../../islands/i18n/call_page.ts";
import { type CallAccess, parseCallName, SIGNAL_LIMITS } from "../../rooms/calls/protocol.ts";
import { clientOf } from "../client.ts";
import { ServiceError } from "../services.ts";
import { answer, errorAnswer, NO_STORE } from "./answer.ts";
import { callNameSentence, callPage, type CallsForm, callsPage } from "./calls.tsx";
import { explainRefusal, type FormProblem, readForm } from "./forms.ts";
import type { PagesOptions } from "./options.ts";
import { type Reader, readReader } from "./view.ts";

/** Adds the pages of calls. */
export function addCallPages(app: Hono, options: PagesOptions): void {
  const { calls } = options.services;

  const landing = async (c: Context, reader: Reader, form: Partial<CallsForm> = {}) => {
    const page = callsPage({
      ...{ reader, name: "", access: "open", guests: true, problem: null },
      own: reader.account === null ? [] : await calls.ofAccount(reader.account),
      canonical: `${clientOf(c).baseUrl}/call`,
      ...form,
    });
    const { problem = null } = form;
    return answer(c, {
      ...options,
      page,
      ...(problem !== null && { problem }),
      ...(reader.account !== null && { cache: NO_STORE }),
    });
  };
  const invalidName = (reader: Reader): FormProblem => ({
    ...{ field: "name", message: callNameSentence(reader), status: 422, retryAfterS: null },
  });

  app.get("/call", async (c) => {
    const reader = await readReader(c, options);
    const wanted = c.req.query("go");
    if (wanted === undefined) return await landing(c, reader);
    const name = parseCallName(wanted);
    if (name === null) {
      return await landing(c, reader, { name: wanted.slice(0, 200), problem: invalidName(reader) });
    }
    return c.redirect(addressOf(name), 303);
  });

  app.post("/call", async (c) => {
    const form = await readForm(c);
    const reader = await readReader(c, options);
    const typed = form("name").slice(0, 200);
    const access = accessOf(form("access"));
    const guests = reader.account === null || form("guests") === "yes";
    const again = (problem: FormProblem) =>
      landing(c, reader, { name: typed, access, guests, problem });
    const name = parseCallName(typed);
    if (name === null) return await again(invalidName(reader));
    // A call of nobody's is made by whoever comes in first.
    if (reader.account === null) return c.redirect(addressOf(name), 303);
    try {
      const password = form("password");
      await calls.make(reader.account, {
        ...{ name, access, guests },
        password: access === "password" ? password : null,
      }, { address: clientOf(c).address });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return await again(problemOf(error, reader));
    }
    return c.redirect(addressOf(name), 303);
  });

  app.post("/call/end", async (c) => {
    const form = await readForm(c);
    const { account } = await readReader(c, options);
    if (account === null) return c.redirect("/login?next=/call", 303);
    try {
      await calls.end(account, form("name"));
    } catch (error) {
      // Gone already, or never there: the list says what is.
      if (!(error instanceof ServiceError) || error.code === "forbidden") throw error;
    }
    return c.redirect("/call", 303);
  });

  app.get("/call/:name", async (c) => {
    const reader = await readReader(c, options);
    const typed = c.req.param("name");
    const name = parseCallName(typed);
    if (name === null) return errorAnswer(c, { ...options, kind: "not_found" });
    const invitation = c.req.query("invite")?.slice(0, SIGNAL_LIMITS.token) ?? null;
    if (name !== typed) {
      const query = invitation === null ? "" : `?invite=${encodeURIComponent(invitation)}`;
      return c.redirect(addressOf(name) + query, 301);
    }
    const page = callPage({
      ...{ name, reader, invitation },
      call: await calls.find(name),
      canonical: `${clientOf(c).baseUrl}${addressOf(name)}`,
    });
    return answer(c, { ...options, page, cache: NO_STORE });
  });
}

function addressOf(name: string): string {
  return `/call/${encodeURIComponent(name)}`;
}

function accessOf(text: string): CallAccess {
  return text === "password" || text === "invited" ? text : "open";
}

function problemOf(error: ServiceError, reader: Reader): FormProblem {
  const text = callPageText(reader.locale);
  const problem = explainRefusal(error, reader.locale);
  if (error.code === "name_taken") return { ...problem, field: "name", message: text.nameTaken };
  if (error.code === "invalid" && error.field === "name") {
    return { ...problem, message: text.nameInvalid };
  }
  if (error.code === "invalid" && error.field === "password") {
    return { ...problem, message: text.passwordInvalid };
  }
  return problem;
}
