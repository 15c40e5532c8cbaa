/**
 * Everything around the picture that has to be asked for, or that nobody needs before it moves:
 * one script, so that what it shares with the page is one file, too (ADR 12).
 *
 * @module
 */
export { ShareSheet } from "../room/share_sheet.tsx";
export { accompany } from "./companion.ts";
export { Controls, speak } from "./dress.tsx";
export { HelpSheet } from "./help_sheet.tsx";
export { NextUp } from "./next_up.tsx";
export { SettingsMenu } from "./settings_menu.tsx";
export { StatisticsPanel } from "./statistics_panel.tsx";
