/**
 * Cursors: how far a reader has come in each channel. Opaque to readers; one form for poll and
 * push, so that a reader can go from one to the other.
 *
 * @module
 */

/**
 * A reader's place. A room's reader has a place in the room and in `@everyone`; private channels are
 * read by the long connection alone and have one, too.
 */
export interface Place {
  readonly room: number;
  readonly everyone: number;
  readonly own: number;
}

const FORM = /^c1\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/;

/** The cursor of a place. */
export function formatCursor({ room, everyone, own }: Place): string {
  return `c1.${room.toString(36)}.${everyone.toString(36)}.${own.toString(36)}`;
}

/** The place of a cursor; null when it cannot be read. */
export function parseCursor(text: string | null | undefined): Place | null {
  const match = FORM.exec(text ?? "");
  if (match === null) return null;
  const [room, everyone, own] = match.slice(1).map((part) => parseInt(part, 36)) as [
    number,
    number,
    number,
  ];
  const readable = [room, everyone, own].every((score) => Number.isSafeInteger(score));
  return readable ? { room, everyone, own } : null;
}
