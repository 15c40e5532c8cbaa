/**
 * `/admin/welcome`: what comes after the set-up.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Context, Hono } from "hono";
import { adminPageText } from "../../../islands/i18n/admin_page.ts";
import { ButtonLink } from "../../../islands/ui/button.tsx";
import { Icon, type IconName } from "../../../islands/ui/icons.tsx";
import { type Client, clientOf } from "../../client.ts";
import { answer, NO_STORE } from "../answer.ts";
import type { Page } from "../document.tsx";
import type { PagesOptions } from "../options.ts";
import { adminPage } from "./frame.tsx";
import { gateOf, takeAdminNotice, type Visit } from "./gate.ts";

/** Adds the page. */
export function addWelcomePage(app: Hono, options: PagesOptions): void {
  const gate = gateOf(options);
  app.get(
    "/admin/welcome",
    gate(async (c, visit) => {
      const room = await options.services.rooms.ofAccount(visit.actor);
      const page = welcomePage(c, visit, { hasRoom: room !== null, options });
      return await answer(c, { ...options, page, cache: NO_STORE });
    }),
  );
}

/** Whether what a reader sends can be read on its way; on the machine itself there is none. */
export function travelsOpenly({ secure, host }: Pick<Client, "secure" | "host">): boolean {
  const name = host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return !secure && !/^(localhost|.+\.localhost|127(\.\d{1,3}){3}|::1)$/.test(name);
}

function welcomePage(
  c: Context,
  { reader }: Visit,
  { hasRoom, options }: { readonly hasRoom: boolean; readonly options: PagesOptions },
): Page {
  const text = adminPageText(reader.locale);
  const { values } = options.services.settings;
  const client = clientOf(c);
  const open = values.signUp === "open";
  return adminPage({
    reader,
    place: "overview",
    title: text.welcomeTitle,
    notice: takeAdminNotice(c, reader),
    children: (
      <div class="welcome">
        <p class="muted">{text.welcomeLead}</p>
        <ol class="welcome-steps">
          <Step icon="video" title={text.welcomeRoom} text={text.welcomeRoomText} done={hasRoom}>
            <ButtonLink kind={hasRoom ? "quiet" : "primary"} href="/studio">
              {hasRoom ? text.welcomeRoomOpen : text.welcomeRoomDo}
            </ButtonLink>
          </Step>
          <Step icon="tv" title={text.welcomeDemo} text={text.welcomeDemoText} done={values.demo}>
            <OneSetting name="demo" value={values.demo ? "off" : "on"}>
              {values.demo ? text.welcomeDemoStop : text.welcomeDemoStart}
            </OneSetting>
          </Step>
          <Step
            icon="users"
            title={text.welcomeSignUp}
            text={open ? text.welcomeSignUpOpen : text.welcomeSignUpClosed}
          >
            <OneSetting name="signUp" value={open ? "closed" : "open"}>
              {open ? text.welcomeClose : text.welcomeOpen}
            </OneSetting>
          </Step>
        </ol>
        {travelsOpenly(client) && (
          <section class="card notice" aria-labelledby="open-title">
            <h2 id="open-title">{text.welcomeHttp}</h2>
            <p>{text.welcomeHttpText(client.host)}</p>
          </section>
        )}
        <p class="form-end">
          <ButtonLink href="/admin" icon="activity">{text.welcomeAdmin}</ButtonLink>
          <ButtonLink href="/" icon="radio">{text.welcomeLobby}</ButtonLink>
        </p>
      </div>
    ),
  });
}

function Step(
  { icon, title, text, done, children }: {
    readonly icon: IconName;
    readonly title: string;
    readonly text: string;
    readonly done?: boolean;
    readonly children: ComponentChildren;
  },
) {
  return (
    <li class="card welcome-step">
      <span class={done ? "welcome-mark done" : "welcome-mark"}>
        <Icon name={done ? "check" : icon} size={22} />
      </span>
      <div>
        <h2>{title}</h2>
        <p class="muted">{text}</p>
      </div>
      {children}
    </li>
  );
}

function OneSetting(
  { name, value, children }: {
    readonly name: "demo" | "signUp";
    readonly value: string;
    readonly children: ComponentChildren;
  },
) {
  return (
    <form method="post" action="/admin/settings">
      <input type="hidden" name="group" value="one" />
      <input type="hidden" name="next" value="/admin/welcome" />
      <button type="submit" class="button quiet" name={name} value={value}>{children}</button>
    </form>
  );
}
