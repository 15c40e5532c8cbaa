/**
 * Lets mpegts.js read a connection that was opened before it was there.
 *
 * @module
 */
import type Library from "mpegts.js";
import type { EarlySocket } from "./early_socket.ts";

/** The parts of the library's own classes that a loader is made of. */
interface LoaderParts {
  readonly BaseLoader: Library.default.BaseLoaderConstructor;
  readonly LoaderStatus: Library.default.LoaderStatus;
  readonly LoaderErrors: Library.default.LoaderErrors;
}

/** The class of a loader for one connection; the library makes one of it. */
export function socketLoader(
  { BaseLoader, LoaderStatus, LoaderErrors }: LoaderParts,
  connection: EarlySocket,
): Library.default.CustomLoaderConstructor {
  return class SocketLoader
    extends (BaseLoader as new (typeName: string) => Library.default.BaseLoader) {
    #received = 0;

    constructor() {
      super("socket-loader");
      this._needStash = true;
    }

    override open(): void {
      this._status = LoaderStatus.kBuffering;
      connection.attach({
        onData: (bytes) => {
          const start = this.#received;
          this.#received += bytes.byteLength;
          this.onDataArrival?.(bytes, start, this.#received);
        },
        onEnd: (reason) => {
          if (reason === "closed") {
            this._status = LoaderStatus.kComplete;
            this.onComplete?.(0, this.#received - 1);
          } else {
            this._status = LoaderStatus.kError;
            // The library's types name the table where they mean one of its entries.
            const kind = LoaderErrors.EXCEPTION as unknown as Library.default.LoaderErrors;
            this.onError?.(kind, { code: -1, msg: "WebSocket" });
          }
        },
      });
    }

    override abort(): void {
      this._status = LoaderStatus.kComplete;
      connection.drop();
    }

    override destroy(): void {
      connection.drop();
      super.destroy();
    }
  };
}
