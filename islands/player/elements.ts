/**
 * The controls' custom elements (media-chrome) for JSX; the elements themselves come with
 * `dress.tsx`, when the picture moves.
 *
 * @module
 */
import type { ComponentChildren, RefObject } from "preact";

interface MediaElementAttributes {
  readonly class?: string;
  readonly id?: string;
  readonly slot?: string;
  readonly children?: ComponentChildren;
  readonly ref?: RefObject<HTMLElement | null>;
  readonly lang?: string;
  readonly "aria-label"?: string;
  /** Seconds of stillness after which the controls fade. */
  readonly autohide?: string;
  readonly defaultstreamtype?: string;
  readonly fullscreenelement?: string;
  readonly nohotkeys?: boolean;
  readonly novolumepref?: boolean;
  readonly nomutedpref?: boolean;
  readonly noautoseektolive?: boolean;
  readonly noautohide?: boolean;
  readonly notooltip?: boolean;
  readonly gesturesdisabled?: boolean;
}

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "media-controller": MediaElementAttributes;
      "media-control-bar": MediaElementAttributes;
      "media-play-button": MediaElementAttributes;
      "media-mute-button": MediaElementAttributes;
      "media-volume-range": MediaElementAttributes;
      "media-pip-button": MediaElementAttributes;
      "media-fullscreen-button": MediaElementAttributes;
    }
  }
}
