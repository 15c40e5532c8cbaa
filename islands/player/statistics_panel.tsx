/**
 * The statistics overlay.
 *
 * @module
 */
import { useRef } from "preact/hooks";
import type { Locale } from "../i18n/mod.ts";
import { controlsText } from "../i18n/player_controls.ts";
import { Icon } from "../ui/icons.tsx";
import { protocolName, secondsText, UNKNOWN } from "./describe.ts";
import type { PlayerSession } from "./session.ts";
import { useSheet } from "./use_sheet.ts";

/** Figures of the running source, twice a second. */
export function StatisticsPanel({ session, locale, onClose }: {
  readonly session: PlayerSession;
  readonly locale: Locale;
  readonly onClose: () => void;
}) {
  const text = controlsText(locale);
  const panel = useRef<HTMLElement>(null);
  const look = useSheet(panel, "player-panel player-statistics");
  const figures = session.statistics.value;
  const { network } = figures;
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
    ...network === null
      ? [[text.statBuffer, text.seconds((figures.bufferMs / 1000).toFixed(2))]] as const
      : [
        [text.statRoundTrip, millisecondsText(network.roundTripMs)],
        [text.statJitter, millisecondsText(network.jitterMs)],
        [
          text.statLoss,
          network.loss === null ? UNKNOWN : text.loss(
            (network.loss * 100).toFixed(1),
            network.packetsLost,
          ),
        ],
      ] as const,
    [
      text.statBitrate,
      figures.bitrateKbps === null ? UNKNOWN : `${figures.bitrateKbps} kbit/s`,
    ],
    [text.statRate, `${figures.playbackRate.toFixed(2)}×`],
    [
      text.statFrames,
      network === null || network.freezes === 0
        ? text.frames(figures.droppedFrames, figures.decodedFrames)
        : text.framesAndFreezes(figures.droppedFrames, figures.decodedFrames, network.freezes),
    ],
    [
      text.statFirstFrame,
      figures.firstFrameMs === null ? UNKNOWN : `${figures.firstFrameMs} ms`,
    ],
    [text.statRecovery, text.recovery(figures.reconnects, figures.stalls)],
    [text.statState, text.stateName(session.state.value)],
  ];
  return (
    <section ref={panel} class={look} aria-label={text.statistics}>
      <header class="player-panel-head">
        <span>{text.statistics}</span>
        <button type="button" class="player-panel-close" aria-label={text.close} onClick={onClose}>
          <Icon name="x" size={16} />
        </button>
      </header>
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

function millisecondsText(ms: number | null): string {
  return ms === null ? UNKNOWN : `${ms} ms`;
}
