/**
 * The administrators' pages. All of them read without script; what they change works as plain
 * forms with a question before it.
 *
 * @module
 */
import type { Hono } from "hono";
import type { PagesOptions } from "../options.ts";
import { addActPages } from "./acts.tsx";
import { addBroadcastPage } from "./broadcast.tsx";
import { addListPages } from "./lists.tsx";
import { addOverviewPages } from "./overview.tsx";
import { addRecordPages } from "./records.tsx";
import { addSettingsPage } from "./settings.tsx";
import { addWelcomePage } from "./welcome.tsx";

/** Adds `/admin` and everything below it. */
export function addAdminPages(app: Hono, options: PagesOptions): void {
  addOverviewPages(app, options);
  addWelcomePage(app, options);
  addBroadcastPage(app, options);
  addSettingsPage(app, options);
  addRecordPages(app, options);
  addListPages(app, options);
  addActPages(app, options);
}
