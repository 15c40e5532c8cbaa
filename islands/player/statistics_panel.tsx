/**
 * The statistics overlay.
 *
 * @module
 */
import { protocolName, secondsText, UNKNOWN } from "./describe.ts";
import { PanelHead } from "./overlays.tsx";
import type { PlayerSession } from "./session.ts";
import type { PlayerText } from "../i18n/player.ts";

/** Figures of the running source, twice a second. */
export function StatisticsPanel({ session, text, onClose }: {
  readonly session: PlayerSession;
  readonly text: PlayerText;
  readonly onClose: () => void;
}) {
  const figures = session.statistics.value;
  const rows: readonly (readonly [string, string])[] = [
    [
      text.statProtocol,
      figures.protocol === null ? UNKNOWN : protocolName(figures.protocol),
    ],
    [text.statCodecs, figures.codecs.join(", ") || UNKNOWN],
    [
      text.statPicture,
      figures.width === 0
        ? UNKNOWN
        : `${figures.width} × ${figures.height}${
          figures.fps === null ? "" : ` · ${figures.fps} fps`
        }`,
    ],
    [text.statLatency, secondsText(figures.latencyMs, text)],
    [text.statTarget, secondsText(figures.targetMs, text)],
    [text.statBuffer, text.seconds((figures.bufferMs / 1000).toFixed(2))],
    [
      text.statBitrate,
      figures.bitrateKbps === null ? UNKNOWN : `${figures.bitrateKbps} kbit/s`,
    ],
    [text.statRate, `${figures.playbackRate.toFixed(2)}×`],
    [text.statFrames, text.frames(figures.droppedFrames, figures.decodedFrames)],
    [
      text.statFirstFrame,
      figures.firstFrameMs === null ? UNKNOWN : `${figures.firstFrameMs} ms`,
    ],
    [text.statRecovery, text.recovery(figures.reconnects, figures.stalls)],
    [text.statState, session.state.value],
  ];
  return (
    <section class="player-panel player-statistics" aria-label={text.statistics}>
      <PanelHead title={text.statistics} close={text.close} onClose={onClose} />
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
