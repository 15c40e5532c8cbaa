/**
 * Brings server-rendered islands to life in the browser. Every island's entry module calls
 * {@linkcode register}; the custom element `<wanren-island>` does the rest by itself.
 *
 * @module
 */
import { type ComponentType, h, hydrate, render } from "preact";
import { keepFocus } from "./keep_focus.ts";
import { othersMayGo } from "./urgent.ts";

const ELEMENT = "wanren-island";
// Props come from our own server, checked against the component's type in <Island>.
type AnyComponent = ComponentType<Record<string, unknown>>;
const components = new Map<string, AnyComponent>();

/** Makes the islands called `name` on this page, and those added later, alive. */
export function register<Props>(name: string, component: ComponentType<Props>): void {
  components.set(name, component as unknown as AnyComponent);
  if (customElements.get(ELEMENT) === undefined) {
    customElements.define(ELEMENT, WanrenIsland);
    keepFocus();
    return;
  }
  for (const element of document.querySelectorAll<WanrenIsland>(`${ELEMENT}[name="${name}"]`)) {
    element.start();
  }
}

/** Longest time until an island that can wait is alive, milliseconds. */
const PATIENCE_MS = 500;
const waiting: (() => void)[] = [];

/**
 * The same for islands that can wait: when nothing urgent is under way, one after the other, each
 * when the browser has nothing better to do.
 */
export function registerLater<Props>(name: string, component: ComponentType<Props>): void {
  waiting.push(() => register(name, component));
  if (waiting.length === 1) void othersMayGo().then(() => whenIdle(registerNext));
}

function registerNext(): void {
  waiting.shift()?.();
  if (waiting.length > 0) whenIdle(registerNext);
}

function whenIdle(run: () => void): void {
  // Safari knows no idle time: a short pause lets what was begun come to its end.
  if (typeof requestIdleCallback === "function") requestIdleCallback(run, { timeout: PATIENCE_MS });
  else setTimeout(run, 50);
}

class WanrenIsland extends HTMLElement {
  #started = false;

  connectedCallback() {
    this.start();
  }

  disconnectedCallback() {
    // A move within the page disconnects and connects at once: only a real removal unmounts.
    queueMicrotask(() => {
      if (this.isConnected || !this.#started) return;
      this.#started = false;
      render(null, this);
    });
  }

  /** Hydrates what the server rendered, or replaces the placeholder of a client-only island. */
  start() {
    const component = components.get(this.getAttribute("name") ?? "");
    if (component === undefined || this.#started || !this.isConnected) return;
    this.#started = true;
    const vnode = h(component, JSON.parse(this.getAttribute("props") ?? "{}"));
    if (this.hasAttribute("client-only")) {
      this.replaceChildren();
      render(vnode, this);
    } else {
      hydrate(vnode, this);
    }
    this.setAttribute("alive", "");
  }
}
