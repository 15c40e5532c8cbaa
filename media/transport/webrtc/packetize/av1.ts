/**
 * AV1 temporal units to payloads (RTP Payload Format For AV1 v1.0 §4).
 *
 * @module
 */
import { forEachObu, OBU } from "../../../codec/av1.ts";
import { leb128Length, writeLeb128 } from "../depacketize/av1.ts";
import type { PacketWriter } from "./packet_writer.ts";

/** An OBU without its size field: header of 1 or 2 bytes, then the payload. */
interface BareObu {
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

/** One piece of an OBU in a packet. */
interface Element {
  readonly obu: BareObu;
  readonly start: number;
  readonly end: number;
}

/**
 * Writes a temporal unit in low-overhead format. Every element carries its length (W is 0), temporal
 * delimiters and size fields are left out as §4.5 asks.
 *
 * @throws {MalformedMediaError} when an OBU leads past the end.
 */
export function packetizeAv1(
  data: Uint8Array,
  to: { readonly writer: PacketWriter; readonly keyFrame: boolean },
): void {
  const { writer, keyFrame } = to;
  const obus = bareObus(data);
  let elements: Element[] = [];
  let used = 1;
  let goesOn = false;
  const flush = (continues: boolean) => {
    if (elements.length === 0) return;
    const payload = writer.next(used);
    const isFirst = writer.packets.length === 1;
    payload[0] = (goesOn ? 0x80 : 0) | (continues ? 0x40 : 0) | (isFirst && keyFrame ? 0x08 : 0);
    let position = 1;
    for (const element of elements) {
      position = writeLeb128(payload, position, element.end - element.start);
      writeElement(element, payload.subarray(position));
      position += element.end - element.start;
    }
    elements = [];
    used = 1;
    goesOn = continues;
  };
  for (const obu of obus) {
    const size = obu.header.length + obu.payload.length;
    let start = 0;
    while (start < size) {
      // Two bytes of length reach 16 KiB, more than a packet holds.
      const room = writer.maxPayloadBytes - used - 2;
      if (room < 16 && elements.length > 0) {
        flush(start > 0);
        continue;
      }
      const end = Math.min(size, start + room);
      elements.push({ obu, start, end });
      used += leb128Length(end - start) + end - start;
      start = end;
      if (start < size) flush(true);
    }
  }
  flush(false);
}

function bareObus(data: Uint8Array): BareObu[] {
  const obus: BareObu[] = [];
  forEachObu(data, ({ type, start, payload, end }) => {
    if (type === OBU.TEMPORAL_DELIMITER) return;
    const first = data[start];
    const header = (first & 4) === 0
      ? Uint8Array.of(first & ~2)
      : Uint8Array.of(first & ~2, data[start + 1]);
    obus.push({ header, payload: data.subarray(payload, end) });
  });
  return obus;
}

function writeElement({ obu, start, end }: Element, target: Uint8Array): void {
  const { header, payload } = obu;
  const fromHeader = header.subarray(Math.min(start, header.length), Math.min(end, header.length));
  target.set(fromHeader);
  target.set(
    payload.subarray(Math.max(0, start - header.length), Math.max(0, end - header.length)),
    fromHeader.length,
  );
}
