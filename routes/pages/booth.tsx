/**
 * `/booth`: the photo booth and recorder. Open to everybody: nothing of it reaches the server.
 *
 * @module
 */
import type { Hono } from "hono";
import Booth from "../../islands/Booth.tsx";
import { boothText } from "../../islands/i18n/booth.ts";
import { Island } from "../../islands/ui/island.tsx";
import { clientOf } from "../client.ts";
import { answer } from "./answer.ts";
import type { Page } from "./document.tsx";
import type { PagesOptions } from "./options.ts";
import { type Reader, readReader } from "./view.ts";

/** Adds the page. */
export function addBooth(app: Hono, options: PagesOptions): void {
  app.get("/booth", async (c) => {
    const reader = await readReader(c, options);
    const page = boothPage(reader, `${clientOf(c).baseUrl}/booth`);
    return answer(c, { ...options, page });
  });
}

/** The page itself. */
export function boothPage(reader: Reader, canonical: string): Page {
  const { locale } = reader;
  const text = boothText(locale);
  return {
    reader,
    layout: "booth",
    current: "booth",
    title: text.title,
    description: text.description,
    canonical,
    content: (
      <>
        <h1 class="visually-hidden">{text.title}</h1>
        <Island name="Booth" component={Booth} props={{ locale }} />
      </>
    ),
  };
}
