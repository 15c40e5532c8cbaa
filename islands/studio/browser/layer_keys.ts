/**
 * What a key does to the layer that has the focus. Pure.
 *
 * @module
 */
import { moveLayer, scaleLayer, type Scene } from "../../capture/scene/model.ts";

const STEP = 0.01;
const LARGE_STEP = 0.05;
const GROWTH = 1.05;

/** A change of the scene, `leave` to let go of the layer, or null: the key is not ours. */
export function layerAfterKey(
  { key, shiftKey, ctrlKey, metaKey, altKey }: {
    readonly key: string;
    readonly shiftKey: boolean;
    readonly ctrlKey: boolean;
    readonly metaKey: boolean;
    readonly altKey: boolean;
  },
  id: string,
): ((scene: Scene) => Scene) | "leave" | null {
  if (ctrlKey || metaKey || altKey) return null;
  const step = shiftKey ? LARGE_STEP : STEP;
  const move = (x: number, y: number) => (scene: Scene) => moveLayer(scene, id, { x, y });
  switch (key) {
    case "ArrowLeft":
      return move(-step, 0);
    case "ArrowRight":
      return move(step, 0);
    case "ArrowUp":
      return move(0, -step);
    case "ArrowDown":
      return move(0, step);
    case "+":
    case "=":
      return (scene) => scaleLayer(scene, id, GROWTH);
    case "-":
    case "_":
      return (scene) => scaleLayer(scene, id, 1 / GROWTH);
    case "Escape":
      return "leave";
    default:
      return null;
  }
}
