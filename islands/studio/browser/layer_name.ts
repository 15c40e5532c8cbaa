/**
 * What a layer is called.
 *
 * @module
 */
import type { Layer } from "../../capture/scene/model.ts";
import type { BrowserStudioText } from "../../i18n/browser_studio.ts";

/** The device's name, the file's, or the words themselves. */
export function layerName(layer: Layer, text: BrowserStudioText): string {
  switch (layer.kind) {
    case "text":
      return layer.text === "" ? text.addText : layer.text;
    case "image":
      return layer.name === "" ? text.addImage : layer.name;
    case "video":
      return layer.name;
  }
}
