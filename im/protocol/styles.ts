/**
 * How texts may look when they fly over the picture: a palette and modes, by level.
 *
 * @module
 */
import { type Mode, ROLES, type Sender } from "./message.ts";

/** A colour and the level from which on it may be chosen. */
export interface PaletteColor {
  /** `#rrggbb` */
  readonly color: string;
  readonly level: number;
}

/** Colours that can be read over any picture, the free ones first. */
export const PALETTE: readonly PaletteColor[] = [
  { color: "#ffffff", level: 0 },
  { color: "#ffd54f", level: 0 },
  { color: "#81d4fa", level: 0 },
  { color: "#a5d6a7", level: 1 },
  { color: "#ffab91", level: 3 },
  { color: "#f48fb1", level: 5 },
  { color: "#ce93d8", level: 8 },
  { color: "#80deea", level: 10 },
  { color: "#ff8a65", level: 15 },
  { color: "#ff5252", level: 20 },
  { color: "#e6ee9c", level: 25 },
  { color: "#ffd700", level: 30 },
];

/** From which level on a mode may be chosen. */
export const MODE_LEVELS: Readonly<Record<Mode, number>> = { scroll: 0, top: 5, bottom: 5 };

/** Whether somebody may choose a colour; those who keep a room in order may choose each. */
export function mayUseColor(color: string, sender: Pick<Sender, "level" | "role">): boolean {
  const known = PALETTE.find((one) => one.color === color);
  return known !== undefined && (known.level <= sender.level || keepsOrder(sender));
}

/** Whether somebody may choose a mode. */
export function mayUseMode(mode: Mode, sender: Pick<Sender, "level" | "role">): boolean {
  return MODE_LEVELS[mode] <= sender.level || keepsOrder(sender);
}

function keepsOrder({ role }: Pick<Sender, "role">): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf("moderator");
}
