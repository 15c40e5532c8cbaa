/**
 * The signalling of calls on a port of its own, as many processes of it as a test wants over one
 * store, and clients of it.
 *
 * @module
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocket } from "ws";
import { silentLogger } from "../../platform/log.ts";
import type { IceServer } from "../../platform/turn.ts";
import { Calls } from "../../rooms/calls/call_service.ts";
import { LocalPost } from "../../rooms/calls/local_post.ts";
import type {
  ClientMessage,
  JoinMessage,
  PeerView,
  Roster,
  ServerMessage,
} from "../../rooms/calls/protocol.ts";
import { type CallMediaPort, NO_CALL_MEDIA } from "../../rooms/calls/media_port.ts";
import type { CallPost, CallRepository } from "../../rooms/calls/repository.ts";
import { Switchboard } from "../../rooms/calls/switchboard.ts";
import type { Account } from "../../rooms/model.ts";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { SignalSocket } from "../../routes/signal.ts";
import { openMemoryStore } from "../../store/memory/mod.ts";
import { waitFor } from "./wait.ts";

/** Secret of the cluster under test. */
export const SIGNAL_SECRET = "cluster-secret-of-the-test";

/** What a test may set. */
export interface SignallingOptions {
  readonly rateLimits?: boolean;
  readonly calls?: CallRepository;
  readonly post?: CallPost;
  /** An `rtc` for calls of many. Default: there is none. */
  readonly media?: CallMediaPort;
  readonly joinWithinMs?: number;
  readonly iceServers?: readonly IceServer[];
}

/** One `web` as far as calls go. */
export class Signalling implements AsyncDisposable {
  readonly calls: Calls;
  /** Set it to move the clock. */
  readonly clock = { nowMs: Date.now() };
  /** Accounts by the token of their session. */
  readonly accounts = new Map<string, Account>();
  readonly #options: SignallingOptions;
  readonly #hasher = new PasswordHasher();
  readonly #ends: (() => Promise<void>)[] = [];
  #port = 0;
  #running: { server: Server; socket: SignalSocket; switchboard: Switchboard } | null = null;

  constructor(options: SignallingOptions = {}) {
    this.#options = options;
    let { calls, post } = options;
    if (calls === undefined) {
      const store = openMemoryStore();
      this.#ends.push(() => store.close());
      calls = store.calls;
    }
    if (post === undefined) {
      post = new LocalPost();
      const opened = post;
      this.#ends.push(() => opened.close());
    }
    this.calls = new Calls({
      media: options.media ?? NO_CALL_MEDIA,
      ...{ calls, post, hasher: this.#hasher, invitationKey: "key of the test", buckets: null },
      rateLimits: options.rateLimits ?? false,
      now: () => this.clock.nowMs,
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  get socket(): SignalSocket {
    return this.#running!.socket;
  }

  get switchboard(): Switchboard {
    return this.#running!.switchboard;
  }

  /** Listens; again on the same port after {@linkcode Signalling.stop}. */
  async start(): Promise<this> {
    const { iceServers = [], joinWithinMs, rateLimits = false } = this.#options;
    const now = () => this.clock.nowMs;
    const switchboard = new Switchboard({
      calls: this.calls,
      iceServers: () => iceServers,
      log: silentLogger,
    });
    const socket = new SignalSocket({
      switchboard,
      authenticate: (token) => Promise.resolve(this.accounts.get(token) ?? null),
      config: { publicUrl: null, trustedProxies: [], rateLimits },
      clusterSecret: SIGNAL_SECRET,
      log: silentLogger,
      now,
      ...(joinWithinMs !== undefined && { joinWithinMs }),
    });
    const server = createServer((_request, response) => void response.writeHead(204).end());
    server.on("upgrade", (request, raw, head) => socket.upgrade(request, raw as Socket, head));
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#running = { server, socket, switchboard };
    return this;
  }

  /** Ends the process; what is kept stays. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    await running.socket.close();
    await running.switchboard.close();
    running.server.closeAllConnections();
    await new Promise((resolve) => running.server.close(resolve));
  }

  /** Somebody with an account; the token is their name. */
  account(name: string): Account {
    const account: Account = {
      ...{ id: `id-${name}`, name, displayName: null, avatar: null, admin: false },
      ...{ suspended: false, createdAtMs: 0 },
    };
    this.accounts.set(name, account);
    return account;
  }

  /** A client that is in the call. */
  async joined(name: string, join: Partial<JoinMessage> = {}, token?: string) {
    const client = new SignalClient(`${this.url}/signal/${name}`, { token });
    client.join(join);
    await client.next("welcome");
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#hasher.close();
    for (const end of this.#ends) await end();
  }
}

type Of<Type extends ServerMessage["type"]> = Extract<ServerMessage, { readonly type: Type }>;

/** A client; it keeps every message. */
export class SignalClient {
  readonly messages: ServerMessage[] = [];
  readonly socket: WebSocket;
  /** Code and sentence of the close; null while it is open. */
  closed: { readonly code: number; readonly reason: string } | null = null;
  /** Status of a refused upgrade. */
  refused: number | null = null;
  #read = 0;

  constructor(
    url: string,
    options: {
      readonly token?: string | undefined;
      readonly headers?: Readonly<Record<string, string>>;
      readonly protocols?: readonly string[];
    } = {},
  ) {
    const { token, headers, protocols = [] } = options;
    this.socket = new WebSocket(url, [...protocols], {
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    });
    this.socket.on("message", (data) => this.messages.push(JSON.parse(String(data))));
    this.socket.on("close", (code, reason) => this.closed = { code, reason: String(reason) });
    this.socket.on("error", () => {});
    this.socket.on("unexpected-response", (request, response) => {
      this.refused = response.statusCode ?? 0;
      response.resume();
      request.destroy();
      this.socket.terminate();
    });
  }

  /** The first message. */
  join(join: Partial<JoinMessage> = {}): void {
    this.send({ type: "join", name: "Guest", audio: true, video: true, ...join });
  }

  /** Says something as soon as the connection is open. */
  send(message: ClientMessage | string | Uint8Array): void {
    const data = typeof message === "string" || message instanceof Uint8Array
      ? message
      : JSON.stringify(message);
    if (this.socket.readyState === WebSocket.CONNECTING) {
      this.socket.once("open", () => this.socket.send(data));
    } else this.socket.send(data);
  }

  /** The next message of a type; those before it are passed over. */
  async next<Type extends ServerMessage["type"]>(type: Type): Promise<Of<Type>> {
    return await waitFor(`a message ${type}`, () => {
      for (; this.#read < this.messages.length; this.#read++) {
        const message = this.messages[this.#read]!;
        if (message.type !== type) continue;
        this.#read++;
        return message as Of<Type>;
      }
      return null;
    }, { everyMs: 5, deadlineMs: 8_000 });
  }

  get self(): string {
    return this.#welcome.self;
  }

  get resume(): string {
    return this.#welcome.resume;
  }

  /** Who is there, by the newest message that says so. */
  get roster(): Roster {
    const last = this.messages.findLast(({ type }) => type === "roster" || type === "welcome");
    return last?.type === "welcome" ? last.roster : last as Of<"roster">;
  }

  /** Waits until the roster is as `look` wants it. */
  async sees(what: string, look: (peers: readonly PeerView[], roster: Roster) => boolean) {
    await waitFor(what, () => look(this.roster.peers, this.roster), {
      everyMs: 5,
      deadlineMs: 8_000,
    });
  }

  /** How the connection ended. */
  async end() {
    return await waitFor("the end", () => this.closed, { everyMs: 5, deadlineMs: 8_000 });
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }

  get #welcome(): Of<"welcome"> {
    return this.messages.findLast((message) => message.type === "welcome")!;
  }
}
