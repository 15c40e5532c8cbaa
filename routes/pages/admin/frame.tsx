/**
 * What all pages of the administrators have in common: their navigation, a heading, and what was
 * just done.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { adminPageText } from "../../../islands/i18n/admin_page.ts";
import { siteText } from "../../../islands/i18n/site.ts";
import { Icon, type IconName } from "../../../islands/ui/icons.tsx";
import { TabLinks } from "../../../islands/ui/tabs.tsx";
import type { Page } from "../document.tsx";
import type { Reader } from "../view.ts";

const PLACES = [
  { id: "overview", href: "/admin", icon: "activity" },
  { id: "streams", href: "/admin/streams", icon: "radio" },
  { id: "rooms", href: "/admin/rooms", icon: "tv" },
  { id: "accounts", href: "/admin/accounts", icon: "users" },
  { id: "broadcast", href: "/admin/broadcast", icon: "megaphone" },
  { id: "settings", href: "/admin/settings", icon: "settings-2" },
  { id: "log", href: "/admin/log", icon: "scroll-text" },
  { id: "audit", href: "/admin/audit", icon: "history" },
] as const satisfies readonly {
  readonly id: string;
  readonly href: string;
  readonly icon: IconName;
}[];

/** Where among the pages. */
export type AdminPlace = (typeof PLACES)[number]["id"];

/** One page of the administrators. */
export interface AdminPage {
  readonly reader: Reader;
  readonly place: AdminPlace;
  readonly title: string;
  /** The heading is for the ear alone: the content says it itself. */
  readonly quietTitle?: boolean;
  /** What was just done. */
  readonly notice?: string | null;
  /** Beside the heading. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The page in its frame. */
export function adminPage(page: AdminPage): Page {
  const { reader, place, title, quietTitle, notice = null, aside, children } = page;
  const text = adminPageText(reader.locale);
  return {
    reader,
    layout: "admin",
    current: "admin",
    title,
    description: siteText(reader.locale).siteDescription,
    noIndex: true,
    content: (
      <div class={`admin admin-${place}`}>
        <TabLinks
          label={text.navigation}
          current={place}
          tabs={PLACES.map((tab) => ({ ...tab, label: text[tab.id] }))}
        />
        {notice !== null && (
          <p class="form-notice" role="status">
            <Icon name="check" size={18} /> {notice}
          </p>
        )}
        <div class={quietTitle ? "visually-hidden" : "admin-head"}>
          <h1>{title}</h1>
          {aside}
        </div>
        {children}
      </div>
    ),
  };
}
