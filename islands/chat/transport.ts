/**
 * How the engine reaches the platform: calls, and one socket.
 *
 * @module
 */
import { type PolledBatch, PROTOBUF_SUBPROTOCOL } from "../../im/protocol/frames.ts";
import type { Kind, Message } from "../../im/protocol/message.ts";
import { parseMessageJson } from "../../im/protocol/json.ts";
import { decodePollAnswer } from "../../im/protocol/protobuf.ts";
import { ApiError } from "../../client/mod.ts";
import { api, type Schemas } from "../ui/api.ts";

/** Where messages come from. */
export interface Offer {
  readonly push: readonly Kind[];
  readonly poll: readonly Kind[];
  /** The best one first. */
  readonly gateways: readonly string[];
  readonly ticket: string;
  readonly heartbeatMs: number;
  readonly pollAfterMs: number;
}

/** Answer to a poll. */
export type PollAnswer = PolledBatch;

/** An open socket. */
export interface Line {
  send(bytes: Uint8Array): void;
  close(): void;
}

/** Who listens to a socket. */
export interface LineReader {
  onOpen(): void;
  onFrame(bytes: Uint8Array): void;
  /** Called once, however it ended. */
  onEnd(): void;
}

/** A text on its way out. */
export interface OutgoingText {
  readonly clientId: string;
  readonly text: string;
  readonly color: string | null;
  readonly mode: string;
  readonly replyTo: string | null;
}

/** All that the engine asks of the platform. */
export interface Transport {
  offer(room: string, signal: AbortSignal): Promise<Offer>;
  open(address: string, reader: LineReader): Line;
  poll(
    room: string,
    query: { readonly cursor: string | null; readonly kinds: readonly Kind[] | null },
    signal: AbortSignal,
  ): Promise<PollAnswer>;
  history(
    room: string,
    range: { readonly fromMs: number },
    signal: AbortSignal,
  ): Promise<{ readonly messages: readonly Message[]; readonly more: boolean }>;
  /** Null: it is held for a review. */
  say(room: string, text: OutgoingText): Promise<Message | null>;
  like(room: string, likes: { readonly count: number; readonly requestId: string }): Promise<void>;
}

/** Most messages of one answer that are read. */
const MAX_MESSAGES = 500;

/** Messages of an answer; one that cannot be read is passed over. */
export function readMessages(list: unknown): Message[] {
  if (!Array.isArray(list)) return [];
  return list.slice(0, MAX_MESSAGES).flatMap((one) => {
    try {
      return [parseMessageJson(one)];
    } catch {
      // A kind of tomorrow.
      return [];
    }
  });
}

/** The browser's way. */
export const BROWSER_TRANSPORT: Transport = {
  offer: async (room, signal) => await api.get("/api/im/gateways", { query: { room }, signal }),
  open(address, reader) {
    const socket = new WebSocket(address, PROTOBUF_SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => reader.onOpen();
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) reader.onFrame(new Uint8Array(data));
    };
    // An error is followed by a close.
    socket.onclose = () => reader.onEnd();
    return {
      send: (bytes) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(bytes as Uint8Array<ArrayBuffer>);
      },
      close: () => socket.close(),
    };
  },
  async poll(room, { cursor, kinds }, signal) {
    const query = new URLSearchParams({ as: "protobuf" });
    if (cursor !== null) query.set("cursor", cursor);
    if (kinds !== null) query.set("kinds", kinds.join());
    const response = await fetch(`/api/rooms/${encodeURIComponent(room)}/messages?${query}`, {
      signal,
    });
    if (!response.ok) throw ApiError.of(response, await response.text());
    return decodePollAnswer(new Uint8Array(await response.arrayBuffer()));
  },
  async history(room, { fromMs }, signal) {
    const { messages, cursor } = await api.get("/api/rooms/{room}/history", {
      path: { room },
      query: { fromMs: Math.max(0, fromMs) },
      signal,
    });
    return { messages: readMessages(messages), more: cursor !== null };
  },
  async say(room, { clientId, text, color, mode, replyTo }) {
    const body: Schemas["ChatInput"] = {
      kind: "chat",
      text,
      clientId,
      style: { color, mode },
      replyTo,
    };
    const { message } = await api.post("/api/rooms/{room}/messages", { path: { room }, body });
    return message === null ? null : readMessages([message])[0] ?? null;
  },
  async like(room, body) {
    await api.post("/api/rooms/{room}/likes", { path: { room }, body });
  },
};
