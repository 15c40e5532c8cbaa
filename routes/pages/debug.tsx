/**
 * `/debug/ui`: every component in every state, for who works on them. Administrators only.
 *
 * @module
 */
import type { Hono } from "hono";
import { showcaseText } from "../../islands/i18n/showcase.ts";
import { RoomGrid } from "../../islands/room/room_card.tsx";
import Showcase from "../../islands/Showcase.tsx";
import { Specimen } from "../../islands/showcase/specimen.tsx";
import { ICON_PATHS } from "../../islands/ui/icon_paths.ts";
import { isIconName } from "../../islands/ui/icon_sprite.tsx";
import { Icon, Logo } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import { Still } from "../../islands/ui/still.tsx";
import { answer, errorAnswer, NO_STORE } from "./answer.ts";
import type { Page } from "./document.tsx";
import type { PagesOptions } from "./options.ts";
import { type Reader, readReader } from "./view.ts";

const COLORS = [
  "ground",
  "surface",
  "raised",
  "line",
  "text",
  "muted",
  "accent",
  "accent-fill",
  "jade",
  "jade-fill",
  "gold",
  "violet",
  "violet-fill",
  "blue",
  "blue-fill",
  "danger-fill",
] as const;
const SIZES = ["title", "large", "body", "small"] as const;

/** Adds the page; everybody but administrators is refused. */
export function addDebugPages(app: Hono, options: PagesOptions): void {
  app.get("/debug/ui", async (c) => {
    const reader = await readReader(c, options);
    if (!reader.account?.admin) return errorAnswer(c, { ...options, kind: "forbidden" });
    return answer(c, { ...options, page: showcasePage(reader), cache: NO_STORE });
  });
}

/** The page itself. */
export function showcasePage(reader: Reader): Page {
  const { locale, nowMs } = reader;
  const text = showcaseText(locale);
  return {
    reader,
    layout: "debug",
    styles: ["lobby", "image"],
    title: text.title,
    description: text.lead,
    noIndex: true,
    content: (
      <>
        <h1>{text.title}</h1>
        <p class="muted">{text.lead}</p>
        <h2>{text.colors}</h2>
        <ul class="swatches">
          {COLORS.map((name) => (
            <li key={name}>
              <span class="swatch" style={`background:var(--${name})`} />
              <code>{name}</code>
            </li>
          ))}
        </ul>
        <h2>{text.type}</h2>
        <div class="stack">
          {SIZES.map((size) => (
            <p key={size} style={`font-size:var(--text-${size})`}>
              {text.sample} 0123456789
            </p>
          ))}
        </div>
        <h2>{text.icons}</h2>
        <Specimen name="Icon">
          {Object.keys(ICON_PATHS).filter(isIconName).map((name) => (
            <span key={name} class="icon-sample" title={name}>
              <Icon name={name} size={24} />
            </span>
          ))}
        </Specimen>
        <Specimen name="Logo">
          <Logo />
          <Logo size={56} />
        </Specimen>
        <h2>{text.roomCards}</h2>
        <Specimen name="Still">
          {["100001", "100002", "100003"].map((roomId) => (
            <div key={roomId} class="room-still" style="width:220px">
              <Still roomId={roomId} name={text.personName} />
            </div>
          ))}
        </Specimen>
        <RoomGrid
          locale={locale}
          nowMs={nowMs}
          rooms={["100001", "100002", "100003", "100004"].map((id, index) => ({
            id,
            title: text.sample.repeat(index + 1).slice(0, 100),
            ownerName: text.personName,
            ownerPicture: null,
            category: null,
            followers: 0,
            still: null,
            cover: null,
            nextLiveAtMs: null,
            lastLiveAtMs: null,
            live: true,
            startedAtMs: nowMs - index * 3_000_000,
            viewers: 31_480 >> (2 * index),
          }))}
        />
        <h2>{text.title}</h2>
        <Island name="Showcase" component={Showcase} props={{ locale, nowMs }} />
      </>
    ),
  };
}
