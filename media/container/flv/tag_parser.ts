/**
 * Cuts an FLV byte stream into tags.
 *
 * @module
 */
import { MalformedMediaError, UnsupportedMediaError } from "../../errors.ts";
import {
  FLV_TAG,
  type FlvTag,
  MAX_TAG_DATA_BYTES,
  PREVIOUS_TAG_SIZE_BYTES,
  TAG_HEADER_BYTES,
  tagOfBytes,
} from "./tag.ts";

const FILE_HEADER_MIN_BYTES = 9;
/** The header may grow in later versions (E.2), but not to any size. */
const FILE_HEADER_MAX_BYTES = 1024;
const FIRST_BUFFER_BYTES = 4096;
const FLAG_VIDEO = 1;
const FLAG_AUDIO = 4;
const LETTER_F = 0x46;
/** Type and size of a tag. */
const TAG_SIZE_KNOWN_BYTES = 4;
const NOTHING = new Uint8Array(0);

/** What the file header promised. */
export interface FlvFileHeader {
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
}

/** Bounds of {@linkcode FlvTagParser}. */
export interface FlvTagParserOptions {
  /** Largest data of one tag in bytes. Default: 16 MiB − 1, what the format can say. */
  readonly maxTagBytes?: number;
}

/**
 * A push parser: takes the stream in pieces of any size, gives whole tags. It accepts a stream with
 * a file header and one that begins with a tag (a relay that joined later, an RTMP aggregate
 * message). Tags of other types are passed over.
 *
 * A tag that lies within one piece is a view of it; a tag over several pieces is copied together
 * once. Pieces therefore must not be changed after they were pushed.
 */
export class FlvTagParser {
  readonly #maxTagBytes: number;
  #state: "start" | "header" | "tag" = "start";
  /** Bytes of the unit under way that came in earlier pieces: `#held[0 … #heldBytes)`. */
  #held: Uint8Array = NOTHING;
  #heldBytes = 0;
  #consumed = 0;
  #header: FlvFileHeader | null = null;

  constructor(options: FlvTagParserOptions = {}) {
    this.#maxTagBytes = Math.min(options.maxTagBytes ?? MAX_TAG_DATA_BYTES, MAX_TAG_DATA_BYTES);
  }

  /** The file header, or null before it came or when the stream has none. */
  get header(): FlvFileHeader | null {
    return this.#header;
  }

  /** Bytes of an unfinished tag that are kept; 0 at the end of a complete stream. */
  get pendingBytes(): number {
    return this.#heldBytes;
  }

  /**
   * Takes the next piece and gives the tags that it completed.
   *
   * @throws {MalformedMediaError} when the bytes are no FLV; `byteOffset` counts from the start of
   * the stream. The parser cannot be used after that.
   * @throws {UnsupportedMediaError} for encrypted tags.
   */
  push(piece: Uint8Array): FlvTag[] {
    const tags: FlvTag[] = [];
    let position = 0;
    while (position < piece.length) {
      if (this.#heldBytes === 0) {
        const size = this.#unitSize(piece, position);
        if (size === 0 || position + size > piece.length) {
          this.#hold(piece.subarray(position), size);
          break;
        }
        this.#take(piece.subarray(position, position + size), tags);
        position += size;
      } else {
        const size = this.#unitSize(this.#held.subarray(0, this.#heldBytes), 0);
        const wanted = size === 0 ? this.#leastBytes() : size;
        const end = Math.min(piece.length, position + wanted - this.#heldBytes);
        this.#hold(piece.subarray(position, end), wanted);
        position = end;
        if (size > 0 && this.#heldBytes === size) {
          const unit = this.#held;
          this.#held = NOTHING;
          this.#heldBytes = 0;
          this.#take(unit.length === size ? unit : unit.subarray(0, size), tags);
        }
      }
    }
    return tags;
  }

  /** Bytes that tell the size of the unit that comes. */
  #leastBytes(): number {
    return this.#state === "header" ? FILE_HEADER_MIN_BYTES : TAG_SIZE_KNOWN_BYTES;
  }

  /** Size of the unit that begins at `offset`, 0 when its bytes do not tell yet. */
  #unitSize(bytes: Uint8Array, offset: number): number {
    if (this.#state === "start") this.#state = bytes[offset] === LETTER_F ? "header" : "tag";
    if (bytes.length - offset < this.#leastBytes()) return 0;
    if (this.#state === "header") {
      const size = bytes[offset + 5] * 2 ** 24 + bytes[offset + 6] * 2 ** 16 +
        bytes[offset + 7] * 2 ** 8 + bytes[offset + 8];
      const isFlv = bytes[offset + 1] === 0x4c && bytes[offset + 2] === 0x56;
      if (!isFlv || size < FILE_HEADER_MIN_BYTES || size > FILE_HEADER_MAX_BYTES) {
        throw new MalformedMediaError("Cannot parse FLV: the file header is wrong", this.#consumed);
      }
      return size + PREVIOUS_TAG_SIZE_BYTES;
    }
    const type = bytes[offset];
    if ((type & 0xc0) !== 0 || (type & 0x1f) === 0) {
      throw new MalformedMediaError(`Cannot parse FLV tag: type ${type}`, this.#consumed);
    }
    if ((type & 0x20) !== 0) {
      throw new UnsupportedMediaError("Cannot parse FLV tag: it is encrypted");
    }
    const size = bytes[offset + 1] << 16 | bytes[offset + 2] << 8 | bytes[offset + 3];
    if (size > this.#maxTagBytes) {
      throw new MalformedMediaError(`Cannot parse FLV tag: ${size} bytes of data`, this.#consumed);
    }
    return TAG_HEADER_BYTES + size + PREVIOUS_TAG_SIZE_BYTES;
  }

  #take(unit: Uint8Array, tags: FlvTag[]): void {
    const at = this.#consumed;
    this.#consumed += unit.length;
    if (this.#state === "header") {
      this.#header = {
        hasVideo: (unit[4] & FLAG_VIDEO) !== 0,
        hasAudio: (unit[4] & FLAG_AUDIO) !== 0,
      };
      this.#state = "tag";
      return;
    }
    const end = unit.length - PREVIOUS_TAG_SIZE_BYTES;
    const back = (unit[end] << 24 | unit[end + 1] << 16 | unit[end + 2] << 8 | unit[end + 3]) >>> 0;
    // Writers that leave it zero, or count the data alone, exist; anything else is lost alignment.
    if (back !== end && back !== end - TAG_HEADER_BYTES && back !== 0) {
      throw new MalformedMediaError(
        `Cannot parse FLV tag: the size behind it is ${back} instead of ${end}`,
        at + end,
      );
    }
    const type = unit[0];
    if (type === FLV_TAG.AUDIO || type === FLV_TAG.VIDEO || type === FLV_TAG.SCRIPT) {
      tags.push(tagOfBytes(unit));
    }
  }

  /** Copies bytes behind those that are held; memory grows with what came, not with the size said. */
  #hold(bytes: Uint8Array, unitSize: number): void {
    const total = this.#heldBytes + bytes.length;
    if (total > this.#held.length) {
      const grown = Math.max(total, this.#held.length * 2, FIRST_BUFFER_BYTES);
      const capacity = unitSize > 0 ? Math.max(total, Math.min(grown, unitSize)) : grown;
      const larger = new Uint8Array(capacity);
      larger.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = larger;
    }
    this.#held.set(bytes, this.#heldBytes);
    this.#heldBytes = total;
  }
}
