/**
 * Everything that comes when somebody wants to go live from the browser: one script.
 *
 * @module
 */
import { browserStudioText } from "../../i18n/browser_studio.ts";
import type { DeskPlace } from "./bring.ts";
import { Desk } from "./desk.ts";

export { BrowserFigures } from "./browser_figures.tsx";
export { DeskView } from "./desk_view.tsx";

/** A desk whose sources are named in the reader's language. */
export function openDesk({ roomId, workerUrl, locale }: DeskPlace): Desk {
  const { camera, screen, microphone, remote } = browserStudioText(locale);
  return new Desk({ roomId, workerUrl, names: { camera, screen, microphone, remote } });
}
