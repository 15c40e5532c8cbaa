/**
 * The drawings of a page's icons, for the server alone.
 *
 * @module
 */
import { ICON_PATHS } from "./icon_paths.ts";
import type { IconName } from "./icons.tsx";

/** Icons that a piece of rendered HTML refers to. */
export function iconsIn(html: string): readonly IconName[] {
  const names = [...html.matchAll(/ href="#icon-([a-z0-9-]+)"/g)].map((match) => match[1]!);
  return [...new Set(names)].filter(isIconName);
}

/** Whether an icon of this name is in the table. */
export function isIconName(name: string): name is IconName {
  return Object.hasOwn(ICON_PATHS, name);
}

/** One symbol for each name; it shows nothing by itself. */
export function IconSprite({ names }: { readonly names: Iterable<IconName> }) {
  const symbols = [...new Set(names)].sort().map((name) =>
    `<symbol id="icon-${name}" viewBox="0 0 24 24">${ICON_PATHS[name]}</symbol>`
  );
  return (
    <svg
      class="icon-sprite"
      width="0"
      height="0"
      aria-hidden="true"
      focusable="false"
      // deno-lint-ignore react-no-danger -- our own generated table
      dangerouslySetInnerHTML={{ __html: symbols.join("") }}
    />
  );
}
