/**
 * A finger that rests, and the other ways to ask for a menu: the second button of a mouse, the menu
 * key of a keyboard.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";

/** A finger rests so long, milliseconds. */
const LONG_MS = 450;
/** And moves no further than this, CSS pixels. */
const STILL_PX = 10;

/** Handlers for the element that holds what can be pressed. */
export interface MenuHandlers {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
  readonly onTouchEnd: (event: TouchEvent) => void;
  readonly onContextMenu: (event: MouseEvent) => void;
}

/** Asks for a menu; `ask` says whether there is one at this element. */
export function useMenuGesture(ask: (target: Element) => boolean): MenuHandlers {
  const pressed = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(
    null,
  );
  const rested = useRef(false);
  const end = () => {
    if (pressed.current !== null) clearTimeout(pressed.current.timer);
    pressed.current = null;
  };
  useEffect(() => end, []);
  return {
    onPointerDown(event) {
      end();
      rested.current = false;
      const { target, pointerType, clientX: x, clientY: y } = event;
      if (pointerType !== "touch" || !(target instanceof Element)) return;
      const timer = setTimeout(() => {
        pressed.current = null;
        rested.current = ask(target);
      }, LONG_MS);
      pressed.current = { timer, x, y };
    },
    onPointerMove({ clientX, clientY }) {
      const from = pressed.current;
      if (from !== null && Math.hypot(clientX - from.x, clientY - from.y) > STILL_PX) end();
    },
    onPointerUp: end,
    // The browser scrolls.
    onPointerCancel: end,
    onTouchEnd(event) {
      // Or the finger that leaves would press what the menu has put under it.
      if (rested.current && event.cancelable) event.preventDefault();
    },
    onContextMenu(event) {
      // Words that are marked have the browser's own menu.
      if (getSelection()?.isCollapsed === false) return;
      if (event.target instanceof Element && ask(event.target)) {
        end();
        event.preventDefault();
      }
    },
  };
}
