/**
 * What the pages stand on.
 *
 * @module
 */
import type { AssetManifest } from "../../islands/ui/manifest.ts";
import type { Logger } from "../../platform/log.ts";
import type { Services } from "../services.ts";

/**
 * Everything {@linkcode createPages} needs. The application in front of it has run the middlewares
 * `clients`, `sessions`, `csrfProtection` and `securityHeaders`.
 */
export interface PagesOptions {
  readonly services: Services;
  readonly manifest: AssetManifest;
  readonly log: Logger;
  /** For the addresses that are shown. */
  readonly rtmpPort: number;
  /** Whether WebRTC runs now. */
  readonly webRtc?: () => boolean;
  /** The demo channel runs whatever the setting says; default: it does not. */
  readonly demo?: boolean;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}
