/**
 * What a reader of a room gets next: the room's messages and those for everybody, thinned for a
 * number of places. Nothing here keeps a reader's state: the same cursor gives the same answer to
 * all who come with it in the same tick.
 *
 * @module
 */
import type { ChannelRing } from "./channel_ring.ts";
import type { Place } from "./protocol/cursor.ts";
import { atMsOf, type Kind, KINDS, type Message, priorityOf } from "./protocol/message.ts";
import type { ImSettings } from "./settings.ts";
import { thin } from "./thinning.ts";

/** How a reader reads. */
export interface Reading {
  /** Messages, at most. */
  readonly limit: number;
  /** Null: every kind. Messages for everybody are notices. */
  readonly kinds: readonly Kind[] | null;
  readonly settings: Pick<ImSettings, "maxPerSecond" | "ageMs">;
  readonly nowMs: number;
}

/** What a reader gets. */
export interface Selection {
  /** In order. */
  readonly messages: readonly Message[];
  /** Where the reader stands after them; `own` is 0. */
  readonly place: Place;
  readonly dropped: number;
  /** The reader's place could not be continued: this begins anew, with snapshots of the states. */
  readonly reset: boolean;
  /** Something important waits behind the place: come back soon. */
  readonly more: boolean;
}

/** States of this kind are over soon: they come as messages, and to nobody who was not there. */
const PASSING_STATE = /^combo:/;

/** A room as its readers see it. */
export class RoomRing {
  readonly room: ChannelRing;
  readonly everyone: ChannelRing;

  constructor(channels: { readonly room: ChannelRing; readonly everyone: ChannelRing }) {
    this.room = channels.room;
    this.everyone = channels.everyone;
  }

  /** The end of the last tick: a place that many readers share. */
  get head(): Place {
    return { room: this.room.head, everyone: this.everyone.head, own: 0 };
  }

  /** Grows with everything that changes. */
  get version(): number {
    return this.room.version + this.everyone.version;
  }

  /**
   * The place that gives the same answer as this one and as few others as possible; null: the answer
   * begins anew. A place beyond the head is the head.
   */
  normalised(place: Place | null): Place | null {
    if (
      place === null || this.room.isStale(place.room) || this.everyone.isStale(place.everyone)
    ) return null;
    return {
      room: this.room.normalised(place.room),
      everyone: this.everyone.normalised(place.everyone),
      own: 0,
    };
  }

  /** What comes after a place, which {@linkcode RoomRing.normalised} gave. */
  select(place: Place | null, reading: Reading): Selection {
    return place === null ? this.#anew(reading) : this.#continued(place, reading);
  }

  #continued(place: Place, reading: Reading): Selection {
    const { head } = this;
    const waiting = this.#after(place, reading.kinds);
    const rules = this.#rules(reading, reading.nowMs - atMsOf(place.room));
    let end = head;
    let chosen = thin(waiting, rules);
    if (chosen.carry.length > 0) {
      // What is too much of high lanes must come next time: go only as far as nothing is left over.
      let fits = 1;
      for (let tooMany = waiting.length; fits + 1 < tooMany;) {
        const middle = (fits + tooMany) >> 1;
        if (thin(waiting.slice(0, middle), rules).carry.length === 0) fits = middle;
        else tooMany = middle;
      }
      const part = waiting.slice(0, fits);
      chosen = thin(part, rules);
      end = this.#placeAfter(part, place);
    }
    const kinds = reading.kinds ?? KINDS;
    const lost = this.room.lost({ after: place.room, upTo: end.room, kinds }) +
      this.everyone.lost({ after: place.everyone, upTo: end.everyone, kinds });
    return {
      messages: chosen.send,
      place: end,
      dropped: chosen.dropped + lost,
      reset: false,
      more: end !== head,
    };
  }

  /** Snapshots of the states, then what is fresh. */
  #anew(reading: Reading): Selection {
    const { limit, kinds } = reading;
    const wanted = kindFilter(kinds);
    const states = [...this.room.states(), ...this.everyone.states()]
      .filter((message) => wanted(message) && !PASSING_STATE.test(message.stateKey ?? ""))
      .sort((a, b) => priorityOf(a.lane) - priorityOf(b.lane) || b.score - a.score)
      .slice(0, limit);
    const start = { room: this.room.floor, everyone: this.everyone.floor, own: 0 };
    const fresh = this.#after(start, kinds).filter(({ stateKey }) =>
      stateKey === null || PASSING_STATE.test(stateKey)
    );
    const budget = limit - states.length;
    const { send } = thin(fresh, { ...this.#rules(reading, 0), budget });
    return {
      messages: [...states, ...send].sort(inOrder),
      place: this.head,
      dropped: 0,
      reset: true,
      more: false,
    };
  }

  #rules({ limit, settings, nowMs }: Reading, sinceMs: number) {
    const perSecond = Math.max(1, Math.ceil(settings.maxPerSecond * Math.max(1, sinceMs / 1000)));
    return { budget: Math.min(limit, perSecond), ageMs: settings.ageMs, nowMs };
  }

  #after(place: Place, kinds: readonly Kind[] | null): readonly Message[] {
    const room = this.room.after(place.room);
    const everyone = this.everyone.after(place.everyone);
    const wanted = kindFilter(kinds);
    if (everyone.length === 0) return kinds === null ? room : room.filter(wanted);
    return [...room, ...everyone].filter(wanted).sort(inOrder);
  }

  /** The place after the first messages of those that came after `place`. */
  #placeAfter(part: readonly Message[], place: Place): Place {
    const everybodys = new Set(this.everyone.after(place.everyone));
    const everyone = part.findLast((message) => everybodys.has(message))?.score;
    const room = part.findLast((message) => !everybodys.has(message))?.score;
    return { room: room ?? place.room, everyone: everyone ?? place.everyone, own: 0 };
  }
}

function kindFilter(kinds: readonly Kind[] | null): (message: Message) => boolean {
  return kinds === null ? () => true : ({ kind }) => kinds.includes(kind);
}

function inOrder(a: Message, b: Message): number {
  return a.score - b.score;
}
