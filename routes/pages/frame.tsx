/**
 * What stands around the content of every page: notice, header, navigation, footer, and the place
 * of short messages.
 *
 * @module
 */
import { siteText } from "../../islands/i18n/site.ts";
import Preferences, { type PreferencesProps, type Theme } from "../../islands/Preferences.tsx";
import { Avatar, avatarUrl } from "../../islands/ui/avatar.tsx";
import { ButtonLink } from "../../islands/ui/button.tsx";
import { Icon, type IconName, Logo } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import { ToastPlace } from "../../islands/ui/toast.tsx";
import { type Account, personOf } from "../../rooms/model.ts";
import type { Page } from "./document.tsx";
import { noticeMark, type Reader } from "./view.ts";

/** A page's content with everything around it. */
export function Frame({ page, theme }: { readonly page: Page; readonly theme: Theme }) {
  const { reader } = page;
  const text = siteText(reader.locale);
  return (
    <>
      <a class="skip-link" href="#content">{text.skipToContent}</a>
      {reader.site.notice !== "" && <Notice reader={reader} />}
      <Header page={page} theme={theme} />
      <main id="content" tabIndex={-1}>{page.content}</main>
      <footer class="site-footer">
        <p class="muted">{text.footerNote(reader.site.name)}</p>
        <a href="/docs/api">{text.apiDocs}</a>
      </footer>
      <ToastPlace />
    </>
  );
}

/** What the administrators say to everybody; put away by a form, without script, too. */
function Notice({ reader }: { readonly reader: Reader }) {
  const text = siteText(reader.locale);
  const { notice } = reader.site;
  return (
    <aside class="site-notice" aria-label={text.notice}>
      <Icon name="megaphone" size={18} />
      <p dir="auto">{notice}</p>
      <form method="post" action="/preferences">
        <input type="hidden" name="next" value={reader.path} />
        <input type="hidden" name="notice" value={noticeMark(notice)} />
        <button type="submit" class="site-notice-close" aria-label={text.dismissNotice}>
          <Icon name="x" size={18} />
        </button>
      </form>
    </aside>
  );
}

function Header({ page, theme }: { readonly page: Page; readonly theme: Theme }) {
  const { reader, current, layout } = page;
  const { account, site } = reader;
  const text = siteText(reader.locale);
  const preferences: PreferencesProps = { locale: reader.locale, theme, next: reader.path };
  // A form page stays free of scripts; where a picture runs, a change must not reload the page.
  const scripted = layout !== "form" && layout !== "message";
  return (
    <header class="site-header">
      <a class="brand" href="/">
        <Logo />
        <span>{site.name}</span>
      </a>
      <Navigation page={page} />
      <form class="search" role="search" method="get" action="/">
        <label class="visually-hidden" for="search">{text.searchLabel}</label>
        <Icon name="search" size={18} />
        <input
          id="search"
          type="search"
          name="q"
          placeholder={text.searchPlaceholder}
          value={page.query ?? ""}
          maxLength={100}
          autoComplete="off"
          enterKeyHint="search"
        />
      </form>
      <div class="header-actions">
        {scripted
          ? <Island name="Preferences" component={Preferences} props={preferences} />
          : <Preferences {...preferences} />}
        {current !== "studio" && (
          <ButtonLink
            kind="primary"
            class="go-live"
            href="/studio"
            icon="video"
            aria-label={text.goLive}
          >
            <span>{text.goLive}</span>
          </ButtonLink>
        )}
        {account === null
          ? (
            <ButtonLink class="log-in" href={`/login?next=${encodeURIComponent(loginNext(page))}`}>
              {text.logIn}
            </ButtonLink>
          )
          : <AccountMenu account={account} reader={reader} />}
      </div>
    </header>
  );
}

/** In the header on a desktop, at the thumb on a phone. */
function Navigation({ page: { reader, current } }: { readonly page: Page }) {
  const text = siteText(reader.locale);
  const { account } = reader;
  const places: readonly { key: Page["current"]; href: string; icon: IconName; label: string }[] = [
    { key: "live", href: "/", icon: "radio", label: text.navLive },
    ...(account === null ? [] : [
      { key: "following", href: "/following", icon: "heart", label: text.following },
      { key: "studio", href: "/studio", icon: "video", label: text.studio },
    ] as const),
    { key: "booth", href: "/booth", icon: "camera", label: text.booth },
    { key: "calls", href: "/call", icon: "phone", label: text.calls },
    ...(account?.admin
      ? [{ key: "admin", href: "/admin", icon: "shield", label: text.admin }] as const
      : []),
  ];
  return (
    <nav class="site-nav" aria-label={text.mainNavigation}>
      {places.map(({ key, href, icon, label }) => (
        <a key={key} href={href} aria-current={current === key ? "page" : undefined}>
          <Icon name={icon} size={22} />
          <span>{label}</span>
        </a>
      ))}
    </nav>
  );
}

function AccountMenu({ account, reader }: { readonly account: Account; readonly reader: Reader }) {
  const text = siteText(reader.locale);
  const person = personOf(account);
  const items: readonly { href: string; icon: IconName; label: string }[] = [
    { href: "/account", icon: "user", label: text.account },
    { href: "/my-room", icon: "tv", label: text.myRoom },
    { href: "/studio", icon: "video", label: text.studio },
    ...(account.admin ? [{ href: "/admin", icon: "shield", label: text.admin }] as const : []),
  ];
  return (
    <>
      <button
        type="button"
        class="account-button"
        popovertarget="account"
        aria-label={text.accountMenu(person.name)}
      >
        <Avatar name={person.name} picture={avatarUrl(person.avatar)} />
      </button>
      <div id="account" class="menu" popover="auto">
        <div class="menu-name person">
          <Avatar name={person.name} picture={avatarUrl(person.avatar)} size={40} />
          <p>
            <bdi>{person.name}</bdi>
            {account.displayName !== null && (
              <span class="muted">
                @<bdi>{account.name}</bdi>
              </span>
            )}
          </p>
        </div>
        {items.map(({ href, icon, label }) => (
          <a key={href} class="menu-item" href={href}>
            <Icon name={icon} size={18} /> {label}
          </a>
        ))}
        <form method="post" action="/logout">
          <button type="submit" class="menu-item">
            <Icon name="log-out" size={18} /> {text.logOut}
          </button>
        </form>
      </div>
    </>
  );
}

/** Log-in leads back, but never to a page about logging in or an error. */
function loginNext(page: Page): string {
  return page.layout === "form" || page.layout === "message" ? "/" : page.reader.path;
}
