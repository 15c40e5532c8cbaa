/**
 * Frames of the subprotocol `wanren.im.v1`: Protocol Buffers by `wanren_im_v1.proto`. Scores stand as
 * differences within a batch, ids of accounts as bytes: most of a frame is what people wrote.
 *
 * @module
 */
import { noticeOf, parseRecord, pkOf } from "./bodies.ts";
import type {
  Batch,
  ClientFrame,
  Policy,
  PolledBatch,
  ProblemCode,
  ServerFrame,
} from "./frames.ts";
import { PROBLEM_CODES } from "./frames.ts";
import {
  type ChatBody,
  type Content,
  type GiftBody,
  type Kind,
  KINDS,
  LANES,
  type Message,
  MODES,
  priorityOf,
  ROLES,
  type Sender,
} from "./message.ts";
import { bytesOf, malformed, packedOf, readFields, textOf, WireWriter } from "./wire.ts";

/** Most messages of one batch that is read. */
const MAX_MESSAGES = 500;
const HEX_ID = /^(?:[0-9a-f]{2}){4,16}$/;
/** Ids of accounts, in columns. */
const COLUMN_ID = /^[0-9a-f]{24}$/;
const COLUMN_ID_BYTES = 12;
/** Roles stand below this in a mark, priorities above. */
const MARK_STEP = 8;

/** The bytes of a server frame, in memory of its own. */
export function encodeServerFrame(frame: ServerFrame): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter(frame.type === "batch" ? 2_048 : 128);
  switch (frame.type) {
    case "hello":
      writer.message(1, () => {
        writer.text(1, frame.cursor);
        writer.uint(2, frame.heartbeatMs);
        writer.message(3, () => writePolicy(writer, frame.policy));
      });
      break;
    case "batch":
      writer.message(2, () => writeBatch(writer, frame));
      break;
    case "policy":
      writer.message(3, () => writePolicy(writer, frame));
      break;
    case "reconnect":
      writer.message(4, () => writer.uint(1, frame.afterMs));
      break;
    case "pong":
      writer.message(5, () => {});
      break;
    case "problem":
      writer.message(6, () => {
        writer.text(1, frame.code);
        writer.text(2, frame.text);
      });
      break;
  }
  return writer.finish().slice();
}

/**
 * Reads a server frame.
 *
 * @throws {MalformedFrameError} when it is none.
 */
export function decodeServerFrame(bytes: Uint8Array): ServerFrame {
  for (const field of readFields(bytes)) {
    switch (field.field) {
      case 1:
        return readHello(bytesOf(field));
      case 2:
        return { type: "batch", ...readBatch(bytesOf(field)) };
      case 3:
        return { type: "policy", ...readPolicy(bytesOf(field)) };
      case 4: {
        let afterMs = 0;
        for (const inner of readFields(bytesOf(field))) {
          if (inner.field === 1) afterMs = inner.value;
        }
        return { type: "reconnect", afterMs };
      }
      case 5:
        return { type: "pong" };
      case 6:
        return readProblem(bytesOf(field));
    }
  }
  throw malformed("it says nothing");
}

/** The bytes of an answer to a poll, in memory of its own. */
export function encodePollAnswer(answer: PolledBatch): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter(2_048);
  writer.message(1, () => writeBatch(writer, answer));
  writer.uint(2, answer.pollAfterMs);
  const { policy } = answer;
  if (policy !== null) writer.message(3, () => writePolicy(writer, { ...policy, pollAfterMs: 0 }));
  return writer.finish().slice();
}

/**
 * Reads an answer to a poll.
 *
 * @throws {MalformedFrameError} when it is none.
 */
export function decodePollAnswer(bytes: Uint8Array): PolledBatch {
  let batch: Batch | null = null;
  let pollAfterMs = 0;
  let policy: PolledBatch["policy"] = null;
  for (const field of readFields(bytes)) {
    if (field.field === 1) batch = readBatch(bytesOf(field));
    else if (field.field === 2) pollAfterMs = field.value;
    else if (field.field === 3) {
      const { push, poll } = readPolicy(bytesOf(field));
      policy = { push, poll };
    }
  }
  if (batch === null || batch.cursor === "") throw malformed("it has no cursor");
  return { ...batch, pollAfterMs, policy };
}

/** The bytes of a viewer's frame. */
export function encodeClientFrame(frame: ClientFrame): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  if (frame.type === "ping") {
    writer.message(2, () => {});
  } else {
    writer.message(1, () => {
      writer.text(1, frame.ticket);
      writer.text(2, frame.cursor ?? "");
    });
  }
  return writer.finish().slice();
}

/**
 * Reads a viewer's frame.
 *
 * @throws {MalformedFrameError} when it is none.
 */
export function decodeClientFrame(bytes: Uint8Array): ClientFrame {
  for (const field of readFields(bytes)) {
    if (field.field === 2) return { type: "ping" };
    if (field.field !== 1) continue;
    let ticket = "";
    let cursor: string | null = null;
    for (const inner of readFields(bytesOf(field))) {
      if (inner.field === 1) ticket = textOf(inner);
      else if (inner.field === 2) cursor = textOf(inner);
    }
    return { type: "auth", ticket, cursor };
  }
  throw malformed("it says nothing");
}

function writePolicy(writer: WireWriter, policy: Policy): void {
  writer.packed(1, policy.push.map((kind) => KINDS.indexOf(kind)));
  writer.packed(2, policy.poll.map((kind) => KINDS.indexOf(kind)));
  writer.uint(3, policy.pollAfterMs);
}

function readPolicy(bytes: Uint8Array): Policy {
  let push: readonly Kind[] = [];
  let poll: readonly Kind[] = [];
  let pollAfterMs = 0;
  for (const field of readFields(bytes)) {
    if (field.field === 1) push = packedOf(field).map(kindOf);
    else if (field.field === 2) poll = packedOf(field).map(kindOf);
    else if (field.field === 3) pollAfterMs = field.value;
  }
  return { push, poll, pollAfterMs };
}

function readHello(bytes: Uint8Array): ServerFrame {
  let cursor = "";
  let heartbeatMs = 0;
  let policy: Policy = { push: [], poll: [], pollAfterMs: 0 };
  for (const field of readFields(bytes)) {
    if (field.field === 1) cursor = textOf(field);
    else if (field.field === 2) heartbeatMs = field.value;
    else if (field.field === 3) policy = readPolicy(bytesOf(field));
  }
  return { type: "hello", cursor, heartbeatMs, policy };
}

function readProblem(bytes: Uint8Array): ServerFrame {
  let code = "";
  let text = "";
  for (const field of readFields(bytes)) {
    if (field.field === 1) code = textOf(field);
    else if (field.field === 2) text = textOf(field);
  }
  if (!Object.hasOwn(PROBLEM_CODES, code)) throw malformed("its problem is unknown");
  return { type: "problem", code: code as ProblemCode, text };
}

function writeBatch(writer: WireWriter, batch: Batch): void {
  const { messages } = batch;
  const plain = messages.filter((message, index) =>
    isPlain(message) && message.score !== messages[index - 1]?.score &&
    message.score !== messages[index + 1]?.score
  ) as PlainTalk[];
  // One alone is smaller as it is.
  const inColumns: ReadonlySet<Message> = new Set(plain.length > 1 ? plain : []);
  let before = 0;
  for (const message of messages) {
    if (inColumns.has(message)) continue;
    writer.message(1, () => writeMessage(writer, message, before));
    before = message.score;
  }
  writer.text(2, batch.cursor);
  writer.uint(3, batch.dropped);
  writer.uint(4, batch.reset ? 1 : 0);
  if (inColumns.size > 0) writer.message(5, () => writeTalk(writer, plain));
}

type PlainTalk = Message & { readonly kind: "chat"; readonly from: Sender };

/** Whether a message has nothing but what columns hold. */
function isPlain(message: Message): message is PlainTalk {
  if (message.kind !== "chat" || message.from === null) return false;
  const { from, body, stateKey, merged } = message;
  return stateKey === null && merged === 1 && body.color === null && body.mode === "scroll" &&
    body.replyTo === null && COLUMN_ID.test(from.id) && !from.name.includes("\n") &&
    !body.text.includes("\n");
}

function writeTalk(writer: WireWriter, plain: readonly PlainTalk[]): void {
  writer.packed(1, plain.map(({ score }, index) => score - (plain[index - 1]?.score ?? 0)));
  writer.bytes(2, Uint8Array.fromHex(plain.map(({ from }) => from.id).join("")));
  writer.packed(3, plain.map(({ from }) => from.level));
  writer.packed(
    4,
    plain.map(({ from, lane }) => ROLES.indexOf(from.role) + MARK_STEP * priorityOf(lane)),
  );
  writer.text(5, plain.map(({ from }) => from.name).join("\n"));
  writer.text(6, plain.map(({ body }) => body.text).join("\n"));
}

function readTalk(bytes: Uint8Array): Message[] {
  let scores: readonly number[] = [];
  let levels: readonly number[] = [];
  let marks: readonly number[] = [];
  let ids = "";
  let names: readonly string[] = [];
  let texts: readonly string[] = [];
  for (const field of readFields(bytes)) {
    switch (field.field) {
      case 1:
        scores = packedOf(field);
        break;
      case 2:
        ids = bytesOf(field).toHex();
        break;
      case 3:
        levels = packedOf(field);
        break;
      case 4:
        marks = packedOf(field);
        break;
      case 5:
        names = textOf(field).split("\n");
        break;
      case 6:
        texts = textOf(field).split("\n");
        break;
    }
  }
  const { length } = scores;
  if (length > MAX_MESSAGES) throw malformed("a batch has too many messages");
  if (
    ids.length !== length * COLUMN_ID_BYTES * 2 ||
    [levels, marks, names, texts].some((column) => column.length !== length)
  ) throw malformed("columns are of different lengths");
  let score = 0;
  return scores.map((step, index) => {
    score += step;
    if (score === 0 || !Number.isSafeInteger(score)) throw malformed("a message has no place");
    const mark = marks[index]!;
    return {
      score,
      kind: "chat",
      lane: LANES[Math.floor(mark / MARK_STEP)] ?? "low",
      from: {
        id: ids.slice(index * COLUMN_ID_BYTES * 2, (index + 1) * COLUMN_ID_BYTES * 2),
        name: names[index]!,
        level: levels[index]!,
        role: ROLES[mark % MARK_STEP] ?? "visitor",
      },
      stateKey: null,
      merged: 1,
      body: { text: texts[index]!, color: null, mode: "scroll", replyTo: null },
    };
  });
}

function readBatch(bytes: Uint8Array): Batch {
  const messages: Message[] = [];
  let before = 0;
  let cursor = "";
  let dropped = 0;
  let reset = false;
  let talk: readonly Message[] = [];
  for (const field of readFields(bytes)) {
    switch (field.field) {
      case 1: {
        if (messages.length >= MAX_MESSAGES) throw malformed("a batch has too many messages");
        const message = readMessage(bytesOf(field), before);
        messages.push(message);
        before = message.score;
        break;
      }
      case 2:
        cursor = textOf(field);
        break;
      case 3:
        dropped = field.value;
        break;
      case 4:
        reset = field.value !== 0;
        break;
      case 5:
        talk = readTalk(bytesOf(field));
        break;
    }
  }
  if (talk.length > 0) messages.push(...talk);
  if (talk.length < messages.length) messages.sort((a, b) => a.score - b.score);
  return { messages, cursor, dropped, reset };
}

function writeMessage(writer: WireWriter, message: Message, before: number): void {
  // In a batch scores rise; the first stands whole.
  writer.uint(1, message.score - before);
  writer.uint(2, priorityOf(message.lane));
  const { from } = message;
  if (from !== null) writer.message(3, () => writeSender(writer, from));
  writer.text(4, message.stateKey ?? "");
  switch (message.kind) {
    case "chat":
      writer.message(5, () => writeChat(writer, message.body));
      break;
    case "gift":
      writer.message(6, () => writeGift(writer, message.body));
      break;
    case "pk":
      writer.text(7, JSON.stringify(message.body));
      break;
    case "notice":
      writer.text(8, JSON.stringify(message.body));
      break;
  }
  writer.uint(9, message.merged > 1 ? message.merged : 0);
}

function readMessage(bytes: Uint8Array, before: number): Message {
  let score = before;
  let lane: Message["lane"] = LANES[0];
  let from: Sender | null = null;
  let stateKey: string | null = null;
  let merged = 1;
  let content: Content | null = null;
  for (const field of readFields(bytes)) {
    switch (field.field) {
      case 1:
        score = before + field.value;
        break;
      case 2:
        lane = LANES[field.value] ?? "low";
        break;
      case 3:
        from = readSender(bytesOf(field));
        break;
      case 4:
        stateKey = textOf(field);
        break;
      case 5:
        content = { kind: "chat", body: readChat(bytesOf(field)) };
        break;
      case 6:
        content = { kind: "gift", body: readGift(bytesOf(field)) };
        break;
      case 7:
        content = { kind: "pk", body: pkOf(parseRecord(textOf(field))) };
        break;
      case 8:
        content = { kind: "notice", body: noticeOf(parseRecord(textOf(field))) };
        break;
      case 9:
        merged = Math.max(1, field.value);
        break;
    }
  }
  if (content === null) throw malformed("a message has no content");
  if (score === 0 || !Number.isSafeInteger(score)) throw malformed("a message has no place");
  return { score, lane, from, stateKey, merged, ...content };
}

function writeSender(writer: WireWriter, sender: Sender): void {
  if (HEX_ID.test(sender.id)) writer.bytes(1, Uint8Array.fromHex(sender.id));
  else writer.text(5, sender.id);
  writer.text(2, sender.name);
  writer.uint(3, sender.level);
  writer.uint(4, ROLES.indexOf(sender.role));
}

function readSender(bytes: Uint8Array): Sender {
  let id = "";
  let name = "";
  let level = 0;
  let role: Sender["role"] = "visitor";
  for (const field of readFields(bytes)) {
    switch (field.field) {
      case 1:
        id = bytesOf(field).toHex();
        break;
      case 2:
        name = textOf(field);
        break;
      case 3:
        level = field.value;
        break;
      case 4:
        role = ROLES[field.value] ?? "visitor";
        break;
      case 5:
        id = textOf(field);
        break;
    }
  }
  return { id, name, level, role };
}

function writeChat(writer: WireWriter, chat: ChatBody): void {
  writer.text(1, chat.text);
  // One more than the colour, since 0 would be left out.
  if (chat.color !== null) writer.uint(2, parseInt(chat.color.slice(1), 16) + 1);
  writer.uint(3, MODES.indexOf(chat.mode));
  const { replyTo } = chat;
  if (replyTo === null) return;
  writer.message(4, () => {
    writer.text(1, replyTo.id);
    writer.text(2, replyTo.name);
    writer.text(3, replyTo.text);
  });
}

function readChat(bytes: Uint8Array): ChatBody {
  let text = "";
  let color: string | null = null;
  let mode: ChatBody["mode"] = "scroll";
  let replyTo: ChatBody["replyTo"] = null;
  for (const field of readFields(bytes)) {
    switch (field.field) {
      case 1:
        text = textOf(field);
        break;
      case 2:
        if (field.value > 0x1_00_00_00) throw malformed("a colour is none");
        if (field.value > 0) color = `#${(field.value - 1).toString(16).padStart(6, "0")}`;
        break;
      case 3:
        mode = MODES[field.value] ?? "scroll";
        break;
      case 4: {
        const reply = { id: "", name: "", text: "" };
        for (const inner of readFields(bytesOf(field))) {
          if (inner.field === 1) reply.id = textOf(inner);
          else if (inner.field === 2) reply.name = textOf(inner);
          else if (inner.field === 3) reply.text = textOf(inner);
        }
        replyTo = reply;
        break;
      }
    }
  }
  return { text, color, mode, replyTo };
}

function writeGift(writer: WireWriter, gift: GiftBody): void {
  writer.text(1, gift.gift);
  writer.uint(2, gift.count);
  writer.uint(3, gift.combo);
  writer.uint(4, gift.value);
  writer.text(5, gift.side ?? "");
}

function readGift(bytes: Uint8Array): GiftBody {
  let gift = "";
  let count = 0;
  let combo = 0;
  let value = 0;
  let side: string | null = null;
  for (const field of readFields(bytes)) {
    switch (field.field) {
      case 1:
        gift = textOf(field);
        break;
      case 2:
        count = field.value;
        break;
      case 3:
        combo = field.value;
        break;
      case 4:
        value = field.value;
        break;
      case 5:
        side = textOf(field);
        break;
    }
  }
  return { gift, count, combo, value, side };
}

function kindOf(number: number): Kind {
  const kind = KINDS[number];
  if (kind === undefined) throw malformed("a kind is unknown");
  return kind;
}
