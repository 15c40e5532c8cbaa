/**
 * A look into a connection: what was agreed upon, which way was found, what flows. Loaded when it is
 * opened.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { inspectText } from "../i18n/call_inspect.ts";
import { groupDigits, type Locale } from "../i18n/mod.ts";
import { sdpText } from "../i18n/sdp.ts";
import { Sparkline } from "../ui/chart.tsx";
import { SelectField, SwitchField } from "../ui/field.tsx";
import { type CandidateType, countTypes, type GatheredCandidate } from "./candidates.ts";
import { type InspectedLink, SFU_LINK } from "./mesh.ts";
import { readSections, type SdpSection } from "./sdp_lessons.ts";
import type { CallSession, CallState } from "./session.ts";
import {
  type FlowFigures,
  type LinkFigures,
  type PairEnd,
  readFigures,
  type StatsLike,
} from "./stats.ts";

const EVERY_MS = 1_000;
/** Readings that a line shows. */
const SPAN = 60;

type Words = ReturnType<typeof inspectText>;

/** Everything that was read of one connection. */
interface Readings {
  readonly figures: LinkFigures;
  /** Bits per second of each flow, oldest first. */
  readonly trends: ReadonlyMap<string, readonly (number | null)[]>;
  readonly roundTrips: readonly (number | null)[];
}

/** The panel's content. */
export function Inspector({ session, state, locale }: {
  readonly session: CallSession;
  readonly state: CallState;
  readonly locale: Locale;
}) {
  const text = inspectText(locale);
  const { others, relayOnly, canRelay, topology } = state;
  const bySfu = topology === "sfu";
  const [wished, setWished] = useState<string | null>(null);
  const peer = others.find(({ peer }) => peer.id === wished)?.peer ?? others[0]?.peer ?? null;
  const link = session.links.get(bySfu ? SFU_LINK : peer?.id ?? "") ?? null;
  const readings = useReadings(link);
  return (
    <div class="call-inspector">
      <p class="call-topology" data-topology={topology}>
        <b>{bySfu ? text.bySfu : text.byMesh}</b>{" "}
        <span class="hint">{bySfu ? text.bySfuText : text.byMeshText}</span>
      </p>
      {bySfu ? null : peer === null ? <p class="muted">{text.nobody}</p> : (
        <SelectField
          id="inspect-peer"
          label={text.connectionTo}
          value={peer.id}
          choices={others.map(({ peer }) => ({ value: peer.id, label: peer.name }))}
          onChange={(event) => setWished(event.currentTarget.value)}
        />
      )}
      <SwitchField
        id="inspect-relay"
        label={text.relayOnly}
        hint={text.relayHint}
        error={relayOnly && !canRelay ? text.relayMissing : null}
        checked={relayOnly}
        onChange={(event) => session.setRelayOnly(event.currentTarget.checked)}
      />
      {link !== null && (
        <>
          <Way link={link} readings={readings} text={text} />
          <Flows readings={readings} text={text} />
          <Descriptions link={link} locale={locale} />
          <Fingerprints readings={readings} text={text} />
        </>
      )}
    </div>
  );
}

function useReadings(link: InspectedLink | null): Readings | null {
  const [readings, setReadings] = useState<Readings | null>(null);
  const last = useRef<StatsLike | null>(null);
  useEffect(() => {
    last.current = null;
    setReadings(null);
    if (link === null) return;
    let ended = false;
    const read = async () => {
      if (document.hidden || link.connection.signalingState === "closed") return;
      const report = await link.connection.getStats() as unknown as StatsLike;
      if (ended) return;
      const figures = readFigures(report, last.current);
      last.current = report;
      setReadings((before) => {
        const trend = (
          list: readonly (number | null)[] | undefined,
          value: number | null,
        ) => [...(list ?? []).slice(1 - SPAN), value];
        return {
          figures,
          trends: new Map(
            figures.flows.map(({ key, bitsPerSecond }) => [
              key,
              trend(before?.trends.get(key), bitsPerSecond),
            ]),
          ),
          roundTrips: trend(before?.roundTrips, figures.pair?.roundTripMs ?? null),
        };
      });
    };
    void read().catch(() => {});
    const timer = setInterval(() => void read().catch(() => {}), EVERY_MS);
    return () => {
      ended = true;
      clearInterval(timer);
    };
  }, [link]);
  return readings;
}

function Way({ link, readings, text }: {
  readonly link: InspectedLink;
  readonly readings: Readings | null;
  readonly text: Words;
}) {
  const pair = readings?.figures.pair ?? null;
  const roundTrip = pair?.roundTripMs ?? null;
  return (
    <section>
      <h3>{text.way}</h3>
      <p class="hint">{pair === null ? text.noPair : text.wayText}</p>
      {pair !== null && (
        <dl class="call-facts" data-pair={`${pair.local.type} ${pair.remote.type}`}>
          <EndFact name={text.local} end={pair.local} text={text} />
          <EndFact name={text.remote} end={pair.remote} text={text} />
          <div>
            <dt>{text.roundTrip}</dt>
            <dd class="tabular">
              {roundTrip === null ? "–" : `${groupDigits(Math.round(roundTrip))} ms`}
            </dd>
          </div>
          {pair.availableBps !== null && (
            <div>
              <dt>{text.available}</dt>
              <dd class="tabular">{bitrateText(pair.availableBps)}</dd>
            </div>
          )}
        </dl>
      )}
      {readings !== null && (
        <Sparkline
          summary={text.trendOf(
            text.roundTrip,
            roundTrip === null ? "–" : `${Math.round(roundTrip)} ms`,
          )}
          values={readings.roundTrips}
          span={SPAN}
          least={20}
          color="blue"
          height={36}
        />
      )}
      <h3>{text.gathered}</h3>
      <div class="call-candidates">
        <Candidates name={text.local} list={link.candidates.local} text={text} />
        <Candidates name={text.remote} list={link.candidates.remote} text={text} />
      </div>
    </section>
  );
}

function EndFact({ name, end, text }: {
  readonly name: string;
  readonly end: PairEnd;
  readonly text: Words;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span class="mono">{end.address} {end.protocol}</span>
        <span class="hint">
          {typeText(end.type, text)}
          {end.relayProtocol !== null && ` (${text.relayOver(end.relayProtocol.toUpperCase())})`}
        </span>
      </dd>
    </div>
  );
}

function Candidates({ name, list, text }: {
  readonly name: string;
  readonly list: readonly GatheredCandidate[];
  readonly text: Words;
}) {
  const counts = countTypes(list);
  const types = (["host", "srflx", "prflx", "relay"] as const)
    .filter((type) => counts[type] > 0);
  return (
    <div>
      <p>
        <b>{name}</b> {types.length === 0
          ? text.candidatesNone
          : types.map((type) => `${type} ${counts[type]}`).join(" · ")}
      </p>
      <ul>
        {types.flatMap((type) =>
          list.filter((each) => each.type === type).slice(0, 6).map((each, index) => (
            <li key={`${type} ${index}`} class="mono">
              <span class="badge soft">{type}</span> {each.address}:{each.port} {each.protocol}
            </li>
          ))
        )}
      </ul>
    </div>
  );
}

function Flows({ readings, text }: { readonly readings: Readings | null; readonly text: Words }) {
  const flows = readings?.figures.flows ?? [];
  return (
    <section>
      <h3>{text.flows}</h3>
      <p class="hint">{flows.length === 0 ? text.flowNone : text.flowsText}</p>
      {flows.length > 0 && (
        <div class="table-place" tabIndex={0} role="region" aria-label={text.flows}>
          <table class="call-flows">
            <thead>
              <tr>
                <th scope="col">{text.columnFlow}</th>
                <th scope="col">{text.columnCodec}</th>
                <th scope="col">{text.columnBitrate}</th>
                <th scope="col">{text.columnLoss}</th>
                <th scope="col">{text.columnPicture}</th>
              </tr>
            </thead>
            <tbody>
              {flows.map((flow) => (
                <tr key={flow.key} data-flow={`${flow.direction} ${flow.kind}`}>
                  <th scope="row">{flowText(flow, text)}</th>
                  <td class="mono">{flow.codec || "–"}</td>
                  <td class="tabular">
                    {flow.bitsPerSecond === null ? "–" : bitrateText(flow.bitsPerSecond)}
                    <Sparkline
                      summary={text.trendOf(
                        text.columnBitrate,
                        flow.bitsPerSecond === null ? "–" : bitrateText(flow.bitsPerSecond),
                      )}
                      values={readings?.trends.get(flow.key) ?? []}
                      span={SPAN}
                      least={10_000}
                      height={24}
                    />
                  </td>
                  <td class="tabular">
                    {flow.loss === null ? "–" : `${(flow.loss * 100).toFixed(1)} %`}
                  </td>
                  <td class="tabular">{pictureText(flow, text)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Descriptions({ link, locale }: { readonly link: InspectedLink; readonly locale: Locale }) {
  const text = inspectText(locale);
  const { connection } = link;
  const { localDescription, remoteDescription } = connection;
  const mineIsOffer = localDescription?.type === "offer";
  const offer = mineIsOffer ? localDescription : remoteDescription;
  const answer = mineIsOffer ? remoteDescription : localDescription;
  return (
    <section>
      <Description
        title={text.offer}
        lead={text.offerText(mineIsOffer)}
        sdp={offer?.sdp ?? null}
        locale={locale}
      />
      <Description
        title={text.answer}
        lead={text.answerText(!mineIsOffer)}
        sdp={answer?.sdp ?? null}
        locale={locale}
      />
    </section>
  );
}

function Fingerprints({ readings, text }: {
  readonly readings: Readings | null;
  readonly text: Words;
}) {
  const { local = null, remote = null } = readings?.figures.fingerprints ?? {};
  if (local === null || remote === null) return null;
  return (
    <section>
      <h3>{text.fingerprints}</h3>
      <p class="hint">{text.fingerprintsText}</p>
      <dl class="call-facts">
        {([[text.local, local], [text.remote, remote]] as const).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Description({ title, lead, sdp, locale }: {
  readonly title: string;
  readonly lead: string;
  readonly sdp: string | null;
  readonly locale: Locale;
}) {
  const text = inspectText(locale);
  return (
    <details class="call-sdp">
      <summary>{title}</summary>
      <p class="hint">{sdp === null ? text.descriptionNone : lead}</p>
      {sdp !== null &&
        readSections(sdp).map((section, index) => (
          <Section key={index} section={section} locale={locale} />
        ))}
    </details>
  );
}

function Section({ section, locale }: {
  readonly section: SdpSection;
  readonly locale: Locale;
}) {
  const text = inspectText(locale);
  const lessons = sdpText(locale);
  const { kind, mid, lines } = section;
  return (
    <>
      <h4>{kind === "session" ? text.session : text.sectionOf(kind, mid ?? "–")}</h4>
      <ol class="call-sdp-lines">
        {lines.map(({ text: line, lesson }, index) => {
          // One sentence for a row of lines about the same.
          const isFirst = lesson !== null && lesson !== lines[index - 1]?.lesson;
          return (
            <li key={index}>
              <code>{line}</code>
              {isFirst && <span class="hint">{lessons[lesson]}</span>}
            </li>
          );
        })}
      </ol>
    </>
  );
}

function flowText({ direction, kind }: FlowFigures, text: Words): string {
  if (direction === "out") return kind === "video" ? text.sendVideo : text.sendAudio;
  return kind === "video" ? text.receiveVideo : text.receiveAudio;
}

function pictureText(flow: FlowFigures, text: Words): string {
  const { width, height, framesPerSecond, limitedBy } = flow;
  if (width === null || height === null) return "–";
  const size = `${width}×${height}`;
  const rate = framesPerSecond === null ? "" : ` ${Math.round(framesPerSecond)} fps`;
  const limit = limitedBy === "cpu"
    ? text.limitedCpu
    : limitedBy === "bandwidth"
    ? text.limitedBandwidth
    : null;
  return limit === null ? `${size}${rate}` : text.both(`${size}${rate}`, limit);
}

function typeText(type: string, text: Words): string {
  const words: Readonly<Record<CandidateType, string>> = {
    host: text.typeHost,
    srflx: text.typeSrflx,
    prflx: text.typePrflx,
    relay: text.typeRelay,
  };
  return words[type as CandidateType] ?? type;
}

/** `1.2 Mbps`, `48 kbps`. */
export function bitrateText(bitsPerSecond: number): string {
  return bitsPerSecond >= 1_000_000
    ? `${(bitsPerSecond / 1_000_000).toFixed(1)} Mbps`
    : `${Math.round(bitsPerSecond / 1000)} kbps`;
}
