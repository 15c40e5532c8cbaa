/**
 * The states of the player and the moves between them.
 *
 * | state          | what the viewer sees                                             | source runs |
 * | -------------- | ---------------------------------------------------------------- | ----------- |
 * | `idle`         | nothing yet                                                      | no          |
 * | `loading`      | first connection, no picture yet                                 | yes         |
 * | `playing`      | the picture moves                                                | yes         |
 * | `buffering`    | the picture stands still, data is on its way                     | yes         |
 * | `paused`       | the viewer stopped it                                            | perhaps     |
 * | `blocked`      | the browser wants a tap before anything plays                    | yes         |
 * | `reconnecting` | the source was lost; another attempt is timed                    | no          |
 * | `waiting`      | the room is not live yet                                         | no          |
 * | `ended`        | the stream that was playing is over; the room is watched for more | no          |
 * | `failed`       | this browser can play none of the room's formats                 | no          |
 *
 * @module
 */

/** Where the player is; see the table of the module. */
export type PlayerState =
  | "idle"
  | "loading"
  | "playing"
  | "buffering"
  | "paused"
  | "blocked"
  | "reconnecting"
  | "waiting"
  | "ended"
  | "failed";

/**
 * What happens to the player. `load`: a source starts · `advance`: the picture moved · `starve`: it
 * stands though it should move · `lose`: the source failed · `absent`: the room is not live ·
 * `finish`: the stream ended · `refuse`: the browser forbade playback without a tap · `pause`: the
 * viewer stopped · `reject`: nothing the room offers can be played here · `stop`: the player leaves.
 */
export type PlayerEvent =
  | "load"
  | "advance"
  | "starve"
  | "lose"
  | "absent"
  | "finish"
  | "refuse"
  | "pause"
  | "reject"
  | "stop";

const TABLE: Readonly<Record<PlayerState, Readonly<Partial<Record<PlayerEvent, PlayerState>>>>> = {
  idle: {
    load: "loading",
    absent: "waiting",
    reject: "failed",
    lose: "reconnecting",
    pause: "paused",
  },
  loading: {
    advance: "playing",
    lose: "reconnecting",
    absent: "waiting",
    finish: "ended",
    refuse: "blocked",
    pause: "paused",
    reject: "failed",
    load: "loading",
    stop: "idle",
  },
  playing: {
    starve: "buffering",
    lose: "reconnecting",
    finish: "ended",
    refuse: "blocked",
    pause: "paused",
    load: "loading",
    stop: "idle",
  },
  buffering: {
    advance: "playing",
    lose: "reconnecting",
    finish: "ended",
    refuse: "blocked",
    pause: "paused",
    load: "loading",
    stop: "idle",
  },
  paused: {
    load: "loading",
    advance: "playing",
    starve: "buffering",
    refuse: "blocked",
    finish: "ended",
    stop: "idle",
  },
  blocked: {
    load: "loading",
    advance: "playing",
    lose: "reconnecting",
    finish: "ended",
    pause: "paused",
    stop: "idle",
  },
  reconnecting: {
    load: "loading",
    absent: "waiting",
    finish: "ended",
    pause: "paused",
    reject: "failed",
    lose: "reconnecting",
    stop: "idle",
  },
  waiting: { load: "loading", reject: "failed", lose: "reconnecting", stop: "idle" },
  ended: { load: "loading", reject: "failed", lose: "reconnecting", absent: "ended", stop: "idle" },
  failed: { load: "loading", absent: "waiting", finish: "ended", stop: "idle" },
};

/** The state an event leads to, or null when the move does not exist. */
export function transition(state: PlayerState, event: PlayerEvent): PlayerState | null {
  return TABLE[state][event] ?? null;
}

/** States in which the picture should be moving, so that standing still is a fault. */
export function shouldAdvance(state: PlayerState): boolean {
  return state === "loading" || state === "playing" || state === "buffering";
}
