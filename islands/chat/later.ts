/**
 * The room's talk with all that lies over the picture: one script, after the picture.
 *
 * @module
 */
export { ChatPanel } from "./panel.tsx";
