/**
 * A script of its own that stands in the page and runs before everything else: it opens the
 * connection that the player will most likely want and has its engine evaluated as soon as it is
 * there, while the browser still lays the page out. A wrong guess is dropped by the session, which
 * chooses by the same rules and knows more.
 *
 * @module
 */
import type { PlayerProps } from "../ui/player_props.ts";
import { detectCapabilities } from "./capabilities.ts";
import { EarlySocket, leaveSocket } from "./early_socket.ts";
import { loadPreferences } from "./memory.ts";
import { absolutePlayback, protocolUrl } from "./protocol.ts";
import { rankProtocols } from "./selection.ts";

const props = document.querySelector('wanren-island[name="Player"]')?.getAttribute("props");
// Without the element the page has not come so far: then nothing is won, and nothing lost.
if (props != null) begin(JSON.parse(props));

function begin({ live, autoplay, playback: sources }: PlayerProps): void {
  if (!live || autoplay === false) return;
  const playback = absolutePlayback(sources, document.baseURI);
  const [protocol] = rankProtocols({
    playback,
    capabilities: detectCapabilities(),
    ...loadPreferences(),
  });
  const url = protocol === "ws-flv" ? protocolUrl(playback, protocol) : null;
  if (url !== null) leaveSocket(url, new EarlySocket(url));
  const engine = document.getElementById(`engine-${protocol?.endsWith("hls") ? "hls" : "flv"}`);
  if (engine instanceof HTMLLinkElement) {
    // The same module that the session imports; if it does not come, the session says so.
    import(engine.href).catch(() => {});
  }
}
