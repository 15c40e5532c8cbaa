/**
 * The menu of language and appearance.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** The menu of language and appearance. */
export const preferencesText = texts({
  preferences: "Language and appearance",
  language: "Language",
  appearance: "Appearance",
  themeSystem: "System",
  themeLight: "Light",
  themeDark: "Dark",
}, {
  preferences: "语言和外观",
  language: "语言",
  appearance: "外观",
  themeSystem: "跟随系统",
  themeLight: "浅色",
  themeDark: "深色",
});
