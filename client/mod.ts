/**
 * The API for programs in TypeScript: each call with its types, made from the OpenAPI document. The
 * pages use it, and it runs wherever there is `fetch`.
 *
 * @module
 */
import { ApiError } from "./api_error.ts";
import type { components, paths } from "./schema.ts";

export { ApiError };

/** The shapes of the API by name, such as `Schemas["Room"]`. */
export type Schemas = components["schemas"];

/** Where the platform is, and who asks. */
export interface ClientOptions {
  /** Scheme, host and port. Default: where the page came from. */
  readonly baseUrl?: string;
  /** Token of a session. Default: the browser's cookie. */
  readonly token?: string;
  /** Default: that of the runtime. */
  readonly fetch?: typeof fetch;
  /** Longest time of one call with its answer, milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Largest answer, bytes. Default: 4 MiB. */
  readonly maxBytes?: number;
}

type Method = "get" | "post" | "put" | "patch" | "delete";
/** Addresses that have a method. */
type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Readonly<Record<M, object>> ? P : never;
}[keyof paths];
type Operation<M extends Method, P extends PathOf<M>> = paths[P][M & keyof paths[P]];

type Member<T, Name extends string, Key extends string> = T extends
  Readonly<Record<Name, infer Value>> ? Readonly<Record<Key, Value>> : unknown;
type ContentOf<T> = T extends { readonly content: infer Content } ? Content[keyof Content] : never;

/** What a call is given: path, query and body as far as it has them. */
type Input<Op> =
  & { readonly signal?: AbortSignal }
  & (Op extends { readonly parameters: infer Parameters } ?
      & Member<Parameters, "path", "path">
      & (Parameters extends { readonly query?: infer Query } ? { readonly query?: Query } : unknown)
    : unknown)
  & (Op extends { readonly requestBody: infer Body } ? { readonly body: ContentOf<Body> }
    : unknown);
/** May be left out when nothing in it is needed. */
type Inputs<Op> = Record<never, never> extends Input<Op> ? [input?: Input<Op>] : [input: Input<Op>];

/** What a call answers; undefined where it answers nothing. */
export type Answer<M extends Method, P extends PathOf<M>> = Operation<M, P> extends
  { readonly responses: infer Responses }
  ? { [Status in keyof Responses]: SuccessOf<Responses[Status]> }[keyof Responses]
  : never;
type SuccessOf<T> = T extends { content: { readonly "application/json": infer Body } } ? Body
  : undefined;

/**
 * The calls by method.
 *
 * Each rejects with an {@linkcode ApiError}, and with the signal's reason when the caller aborted.
 */
export type Client = {
  readonly [M in Method]: <P extends PathOf<M>>(
    path: P,
    ...input: Inputs<Operation<M, P>>
  ) => Promise<Answer<M, P>>;
};

interface AnyInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Makes a client; it holds no connection and need not be closed. */
export function createClient(options: ClientOptions = {}): Client {
  const method = (name: string) => (path: string, input: AnyInput = {}) =>
    call(options, name, { ...input, address: addressOf(path, input) });
  return {
    get: method("GET"),
    post: method("POST"),
    put: method("PUT"),
    patch: method("PATCH"),
    delete: method("DELETE"),
  } as Client;
}

async function call(
  options: ClientOptions,
  method: string,
  { address, body, signal }: AnyInput & { readonly address: string },
): Promise<unknown> {
  const { baseUrl = "", token, timeoutMs = 10_000 } = options;
  const headers: Record<string, string> = { accept: "application/json" };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const binary = body instanceof Blob;
  if (body !== undefined && !binary) headers["content-type"] = "application/json";
  const timeout = AbortSignal.timeout(timeoutMs);
  let status = 0;
  try {
    const response = await (options.fetch ?? fetch)(baseUrl + address, {
      method,
      headers,
      body: binary ? body : JSON.stringify(body),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(token !== undefined && { credentials: "omit" }),
    });
    status = response.status;
    const text = await readText(response, options.maxBytes ?? 4 * 2 ** 20);
    if (!response.ok) throw ApiError.of(response, text);
    return status === 204 ? undefined : JSON.parse(text);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ApiError) throw error;
    const code = timeout.aborted ? "timeout" : status === 0 ? "unreachable" : "unreadable";
    throw new ApiError({ status, code, cause: error });
  }
}

function addressOf(path: string, { path: parts = {}, query = {} }: AnyInput): string {
  const given = Object.entries(query).filter(([, value]) => value != null)
    .map(([name, value]) => [name, String(value)]);
  const search = given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
  return path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parts[name] ?? "")) + search;
}

/** The whole answer, as long as it stays within its bound. */
function readText(response: Response, maxBytes: number): Promise<string> {
  let left = maxBytes;
  const bound = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      left -= chunk.length;
      if (left < 0) throw new RangeError(`Cannot read more than ${maxBytes} bytes`);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(bound)).text();
}
