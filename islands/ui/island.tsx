/**
 * The server's side of an island: renders it, serialises its props and notes that the page needs
 * its script.
 *
 * @module
 */
import { type ComponentChildren, type ComponentType, createContext, h } from "preact";
import { useContext } from "preact/hooks";

/** What survives `JSON.stringify` and `JSON.parse` unchanged. */
export type Serializable =
  | string
  | number
  | boolean
  | null
  | readonly Serializable[]
  | { readonly [key: string]: Serializable };

/** `Value` when all of it is {@linkcode Serializable}; otherwise `never` at what is not. */
type SerializableValue<Value> = Value extends Serializable ? Value
  : Value extends (...args: never) => unknown ? never
  : Value extends object ? SerializableProps<Value>
  : never;

/** `Props` with `never` in the place of everything that an attribute cannot carry. */
export type SerializableProps<Props> = {
  [Key in keyof Props]: SerializableValue<Props[Key]>;
};

/** Names of the islands that a page shows; filled while it renders. */
export const IslandNames = createContext<Set<string>>(new Set());

type IslandOptions<Props> =
  & {
    /** File name below `islands/` without `.tsx`. */
    readonly name: string;
    readonly props: Props & SerializableProps<Props>;
  }
  & (
    /** Rendered on the server and hydrated. */
    | { readonly component: ComponentType<Props>; readonly fallback?: undefined }
    /** Rendered in the browser alone; `fallback` keeps its place until then. */
    | { readonly component?: undefined; readonly fallback: ComponentChildren }
  );

/** Places an island. Its props stand in an attribute, so a page needs no inline script. */
export function Island<Props extends object>(options: IslandOptions<Props>) {
  const { name, props, component, fallback } = options;
  useContext(IslandNames).add(name);
  return h(
    "wanren-island",
    { name, props: JSON.stringify(props), "client-only": component === undefined },
    component === undefined ? fallback : h(component, props as Props),
  );
}
