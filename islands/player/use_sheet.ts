/**
 * Where a panel of the player stands: over a large picture, below a small one.
 *
 * @module
 */
import { useLayoutEffect, useState } from "preact/hooks";

/** A player narrower than this has no place for a panel, CSS pixels; the one of `player.css`. */
const NARROW_PX = 620;

/**
 * The class of a panel. In a narrow player it becomes a sheet at the foot of the window, in the top
 * layer, so that the picture stays in sight.
 */
export function useSheet(
  panel: { readonly current: HTMLElement | null },
  name: string,
): string {
  const [sheet, setSheet] = useState(false);
  useLayoutEffect(() => {
    const element = panel.current;
    const player = element?.closest<HTMLElement>("[data-player]");
    if (element == null || player == null || player.clientWidth >= NARROW_PX) return;
    element.popover = "manual";
    element.showPopover();
    setSheet(true);
  }, []);
  return sheet ? `${name} player-sheet` : name;
}
