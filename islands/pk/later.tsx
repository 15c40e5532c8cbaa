/**
 * Battles of rooms: one script, for pages of rooms that have one and for broadcasters.
 *
 * @module
 */
import "../room/shell.ts";
import { render } from "preact";
import { BattleStage } from "./battle_stage.tsx";
import type { BattleFeed } from "./feed.ts";
import { HostRow } from "./host_row.tsx";

/** Puts the battle onto the stage of the page's player; the answer takes it away. */
export function mountBattle(feed: BattleFeed, player: HTMLElement): () => void {
  const place = document.createElement("div");
  place.className = "battle-place";
  // Below the talk's layer, whose texts fly over both pictures.
  const layer = player.querySelector(".stage-layer");
  if (layer === null) player.append(place);
  else layer.before(place);
  render(<BattleStage feed={feed} player={player} />, place);
  return () => {
    render(null, place);
    place.remove();
  };
}

/** Puts a broadcaster's line into its place; the answer takes it away. */
export function mountHost(feed: BattleFeed, place: HTMLElement): () => void {
  render(<HostRow feed={feed} />, place);
  return () => render(null, place);
}
