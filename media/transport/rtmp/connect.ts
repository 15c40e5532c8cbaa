/**
 * The connect command and its answer (RTMP 1.0 §7.2.1.1; Enhanced RTMP v2, "NetConnection connect").
 *
 * @module
 */
import type { AmfValue } from "../../container/amf0.ts";
import { OUTGOING_CHUNK_SIZE } from "./chunk_stream.ts";
import { encodeCommand } from "./commands.ts";
import { encodeControl, encodeSetPeerBandwidth, MESSAGE_TYPE } from "./messages.ts";

/** What is sent before an acknowledgement of the peer is due, and what it may send, in bytes. */
export const WINDOW_BYTES = 2_500_000;
/** The one application of live streams. */
export const LIVE_APP = "live";

/** Some clients look for the three letters and for a version of at least 3.5. */
const SERVER_VERSION = "FMS/3,5,7,7009";
/** Enhanced RTMP FourCcInfoMask: the codec is passed on. */
const CAN_FORWARD = 4;
/** Enhanced RTMP CapsExMask: ModEx packets and nanosecond offsets are understood. */
const CAPABILITIES = 0x0c;
const VIDEO_FOURCCS = ["avc1", "hvc1", "av01", "vp09", "vp08"];
const AUDIO_FOURCCS = ["mp4a", ".mp3", "Opus"];
const MAX_AGENT_LENGTH = 64;
const MAX_FOURCCS = 32;

/** The connect command, as far as it matters. */
export interface RtmpConnect {
  readonly app: string;
  readonly tcUrl: string;
  /** `flashVer`, shortened; null when not given. */
  readonly agent: string | null;
  /** The peer speaks enhanced RTMP v2. */
  readonly enhanced: boolean;
  /** `fourCcList`: codecs that it takes; "*" stands for all. */
  readonly fourCcs: readonly string[];
}

/** Reads the command object of connect; what is missing is empty. */
export function parseConnect(object: Readonly<Record<string, AmfValue>>): RtmpConnect {
  const text = (name: string) => {
    const value = object[name];
    return typeof value === "string" ? value : "";
  };
  return {
    app: text("app"),
    tcUrl: text("tcUrl"),
    agent: text("flashVer").replace(/\p{C}/gu, "").slice(0, MAX_AGENT_LENGTH) || null,
    enhanced: ["fourCcList", "videoFourCcInfoMap", "audioFourCcInfoMap", "capsEx"].some((name) =>
      Object.hasOwn(object, name)
    ),
    fourCcs: fourCcList(object.fourCcList),
  };
}

function fourCcList(value: AmfValue | undefined): string[] {
  return Array.isArray(value)
    ? value.slice(0, MAX_FOURCCS).filter((one) => typeof one === "string")
    : [];
}

/** How a connect command is answered. */
export interface ConnectAnswer {
  /** The chunks of the answer. */
  readonly bytes: readonly Uint8Array[];
  /** Why the connection is refused; null when it is not. */
  readonly rejected: string | null;
}

/** The answer to connect: window sizes, chunk size and `_result`, or `_error`. */
export function connectAnswer(connect: RtmpConnect, transactionId: number): ConnectAnswer {
  const before = [
    encodeControl(MESSAGE_TYPE.windowAcknowledgementSize, WINDOW_BYTES),
    encodeSetPeerBandwidth(WINDOW_BYTES),
    encodeControl(MESSAGE_TYPE.setChunkSize, OUTGOING_CHUNK_SIZE),
  ];
  const rejected = refusal(connect);
  const args = rejected === null
    ? [{ fmsVer: SERVER_VERSION, capabilities: 31, mode: 1 }, {
      level: "status",
      code: "NetConnection.Connect.Success",
      description: "Connected",
      objectEncoding: 0,
      ...(connect.enhanced && {
        fourCcList: [...VIDEO_FOURCCS, ...AUDIO_FOURCCS],
        videoFourCcInfoMap: infoMap(VIDEO_FOURCCS),
        audioFourCcInfoMap: infoMap(AUDIO_FOURCCS),
        capsEx: CAPABILITIES,
      }),
    }]
    : [null, { level: "error", code: "NetConnection.Connect.Rejected", description: rejected }];
  const name = rejected === null ? "_result" : "_error";
  return { bytes: [...before, encodeCommand({ name, transactionId, args })], rejected };
}

function refusal(connect: RtmpConnect): string | null {
  const app = connect.app.split(/[/?]/).find((part) => part !== "") ?? "";
  if (app === LIVE_APP) return null;
  if (app === "vod") {
    return "Cannot open application vod: recordings are played over HTTP, see /replays";
  }
  return `Cannot open application ${
    app.replace(/\p{C}/gu, "").slice(0, 64) || "(none)"
  }: publish and play are at rtmp://HOST/${LIVE_APP}/<room>`;
}

function infoMap(fourCcs: readonly string[]): Record<string, number> {
  return Object.fromEntries(fourCcs.map((fourCc) => [fourCc, CAN_FORWARD]));
}
