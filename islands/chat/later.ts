/**
 * The room's talk with all that lies over the picture: one script, after the picture.
 *
 * @module
 */
import "../room/shell.ts";
export { ChatPanel } from "./panel.tsx";
