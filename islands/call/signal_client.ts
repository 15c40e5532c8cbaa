/**
 * The signalling of a call as its page speaks it: joins, hears, and comes back by itself with its
 * seat when the connection breaks.
 *
 * @module
 */
import {
  type CallEnd,
  type CallRefusal,
  type ClientMessage,
  closeNamed,
  type JoinMessage,
  type ServerMessage,
  SIGNAL_PROTOCOL,
  SILENT_AFTER_MS,
} from "../../rooms/calls/protocol.ts";

/** First pause before another connection, milliseconds. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** What was heard so long ago says that the connection is alive, milliseconds. */
const FRESH_MS = 1_000;
/** How often the silence is looked at, milliseconds. */
const WATCH_EVERY_MS = 5_000;

/** Pause before attempt number `failures` + 1, milliseconds; `random` is in [0, 1). */
export function signalPauseMs(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 8));
  return Math.round(ceiling * (0.5 + random / 2));
}

/** Why the line is over for good. */
export type SignalEnd =
  | {
    readonly kind: "refused";
    readonly code: CallRefusal;
    readonly retryAfterS: number | null;
    readonly capacity?: number;
  }
  | { readonly kind: "ended"; readonly code: CallEnd };

/** What a {@linkcode SignalClient} tells. */
export interface SignalEvents {
  readonly onMessage: (message: ServerMessage) => void;
  /** The connection broke and is made anew; what is running runs on. */
  readonly onAway: () => void;
  readonly onEnd: (end: SignalEnd) => void;
}

/** What a {@linkcode SignalClient} stands on. */
export interface SignalOptions extends SignalEvents {
  /** `wss://…/signal/<name>`. */
  readonly url: string;
  /** What the first message says; asked each time. */
  readonly join: () => Omit<JoinMessage, "type" | "resume">;
  readonly open?: (url: string, protocol: string) => WebSocket;
}

/** One line to the signalling, whatever becomes of its connections. */
export class SignalClient {
  readonly #options: SignalOptions;
  readonly #watch: ReturnType<typeof setInterval>;
  #socket: WebSocket | null = null;
  #resume: string | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heardAtMs = 0;
  #seated = false;
  /** Its owner knows that it is broken. */
  #away = false;
  #over = false;
  #end: SignalEnd | null = null;

  constructor(options: SignalOptions) {
    this.#options = options;
    this.#watch = setInterval(() => {
      const { readyState } = this.#socket ?? {};
      if (readyState !== undefined && Date.now() - this.#heardAtMs > SILENT_AFTER_MS) this.#break();
    }, WATCH_EVERY_MS);
    this.#connect();
  }

  /** Says something; what is said while the connection is broken is lost. */
  send(message: ClientMessage): boolean {
    if (!this.#seated || this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * The network may be another one, and the connection dead without anybody having said so: connects
   * anew at once, unless something was heard just now.
   */
  renew(): void {
    if (this.#over || this.#socket !== null && !this.#seated) return;
    if (this.#socket !== null) {
      if (Date.now() - this.#heardAtMs < FRESH_MS) return;
      this.#socket.onclose = null;
      this.#socket.close();
      this.#seated = false;
    }
    clearTimeout(this.#timer);
    this.#connect();
  }

  /** Leaves for good. */
  leave(): void {
    if (this.#over) return;
    this.send({ type: "leave" });
    this.#finish();
    this.#socket?.close(1000);
  }

  #connect(): void {
    const { open = (url, protocol) => new WebSocket(url, protocol) } = this.#options;
    const socket = open(this.#options.url, SIGNAL_PROTOCOL);
    this.#socket = socket;
    this.#heardAtMs = Date.now();
    socket.onopen = () => {
      const join = this.#options.join();
      const resume = this.#resume === null ? {} : { resume: this.#resume };
      socket.send(JSON.stringify({ type: "join", ...join, ...resume } satisfies JoinMessage));
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket && typeof data === "string") this.#take(data);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#closed(code);
    };
  }

  #take(text: string): void {
    this.#heardAtMs = Date.now();
    let message: ServerMessage;
    try {
      message = JSON.parse(text) as ServerMessage;
    } catch {
      return;
    }
    switch (message.type) {
      case "beat":
        this.send({ type: "beat" });
        return;
      case "welcome":
        this.#resume = message.resume;
        this.#failures = 0;
        this.#seated = true;
        this.#away = false;
        break;
      case "refused":
        this.#end = {
          ...{ kind: "refused", code: message.code, retryAfterS: message.retryAfterS },
          ...(message.capacity !== undefined && { capacity: message.capacity }),
        };
        return;
      case "ended":
        this.#end = { kind: "ended", code: message.code };
        return;
    }
    this.#options.onMessage(message);
  }

  #closed(code: number): void {
    this.#socket = null;
    this.#seated = false;
    if (this.#over) return;
    const end = this.#end;
    this.#end = null;
    const close = closeNamed(code);
    // A seat that was given up while nobody heard of it: there may be room for another one.
    const mayComeBack = end === null || end.kind === "ended" && end.code === "lost" ||
      end.kind === "refused" && end.code === "busy" && this.#resume !== null;
    if (mayComeBack && close !== "left" && close !== "kicked" && close !== "ended") {
      if (this.#resume !== null && !this.#away) {
        this.#away = true;
        this.#options.onAway();
      }
      // A restart closes politely: the next one is there soon.
      const pause = signalPauseMs(this.#failures++, Math.random());
      this.#timer = setTimeout(() => this.#connect(), pause);
      return;
    }
    this.#finish();
    this.#options.onEnd(end ?? { kind: "ended", code: "ended" });
  }

  #break(): void {
    const socket = this.#socket;
    if (socket === null) return;
    socket.onclose = null;
    socket.close();
    this.#closed(1006);
  }

  #finish(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
  }
}
