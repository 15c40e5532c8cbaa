/**
 * Hashes passwords away from the event loop that serves requests (one hash takes some 70 ms).
 * One request at a time comes in, its answer goes out, `close` ends it.
 *
 * It keeps the rights of its process: `Deno.permissions.revoke()` in a Worker takes them from the
 * whole process, and narrower rights at its start are an unstable option.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { argon2id, argon2Verify } from "hash-wasm";
import type { PasswordAnswer, PasswordRequest } from "./password_hasher.ts";

/** OWASP's first choice for argon2id at 19 MiB; memory in KiB. */
const PARAMETERS = { memorySize: 19 * 1024, iterations: 2, parallelism: 1, hashLength: 32 };

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = async ({ data }: MessageEvent<PasswordRequest>) => {
  if (data.kind === "close") {
    scope.postMessage({ kind: "closed" } satisfies PasswordAnswer);
    scope.close();
    return;
  }
  scope.postMessage(await answer(data));
};

async function answer(
  request: Exclude<PasswordRequest, { kind: "close" }>,
): Promise<PasswordAnswer> {
  try {
    if (request.kind === "verify") {
      return {
        kind: "verified",
        matches: await argon2Verify({ password: request.password, hash: request.hash }),
      };
    }
    const hash = await argon2id({
      ...PARAMETERS,
      password: request.password,
      salt: crypto.getRandomValues(new Uint8Array(16)),
      outputType: "encoded",
    });
    return { kind: "hashed", hash };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}
