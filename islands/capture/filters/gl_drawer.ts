/**
 * Draws camera and screen on the GPU (WebGL2): smooth skin, colours, effects, watermark, and the
 * small pictures of all filters. No buffer and no texture is made from frame to frame.
 *
 * @module
 */
import type { Size } from "../constraints.ts";
import { makeProgram, PictureTexture, type Program } from "./gl_parts.ts";
import {
  type Box,
  type Composition,
  containBox,
  insetBox,
  type Look,
  type PictureDrawer,
  type PictureSource,
  type ThumbnailSheet,
} from "./look.ts";
import { type FilterPreset, PRESETS, transformOf } from "./presets.ts";
import { COPY, dressKey, type DressNeeds, dressSource, SMOOTH, VERTEX } from "./shaders.ts";
import { drawWatermark } from "./watermark.ts";

/** Lines at which the picture is smoothed and blurred: skin needs no more. */
const WORK_LINES = 360;
/** The same where the processor does the work of a GPU. */
const WORK_LINES_SOFTWARE = 180;
/** Differences of brightness that count as an edge: one over this. */
const EDGE_RANGE = 6;
/** Distance of the samples that smooth skin, work pixels. */
/** At {@linkcode WORK_LINES}. */
const SKIN_STRIDE = 1.6;
/** Lines of the picture for which the blur of a preset is given. */
const CSS_LINES = 720;
/** The standard deviation of one pass is this many strides. */
const STRIDES_OF_DEVIATION = 1.7;

interface Tools {
  readonly copy: Program;
  readonly smooth: Program;
  /** Programs that were needed so far, by what they do. */
  readonly dresses: Map<string, Program>;
  readonly camera: PictureTexture;
  readonly screen: PictureTexture;
  readonly half: PictureTexture;
  readonly soft: PictureTexture;
  readonly watermark: PictureTexture;
  readonly small: PictureTexture;
  readonly smallHalf: PictureTexture;
  readonly smallSoft: PictureTexture;
  readonly sheet: PictureTexture;
  readonly pixels: WebGLBuffer;
  /** The watermark stands in its texture. */
  marked: boolean;
}

/** A place of which nothing is known yet. */
interface Place {
  key: string;
  screen: Box;
  camera: Box;
}

/** The drawer of a canvas that has no other context. */
export class GlDrawer implements PictureDrawer {
  readonly full = true;
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #workLines: number;
  #tools: Tools | null;
  #look: Look = { preset: PRESETS[0]!, smoothing: 0, brightness: 0, warmth: 0, mirror: false };
  #watermark = "";
  #watermarkSize: Size = { width: 0, height: 0 };
  #place: Place | null = null;
  /** Scale and offset of the next pass. */
  readonly #part = new Float32Array(4);
  readonly #cameraSize = { width: 0, height: 0 };
  readonly #screenSize = { width: 0, height: 0 };
  readonly #workSize = { width: 0, height: 0 };
  readonly #smallSize = { width: 0, height: 0 };
  readonly #sheetSize = { width: 0, height: 0 };
  /** Set while small pictures are on their way from the GPU. */
  #fence: WebGLSync | null = null;

  private constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext) {
    this.#canvas = canvas;
    this.#gl = gl;
    this.#tools = makeTools(gl);
    this.#workLines = isSoftware(gl) ? WORK_LINES_SOFTWARE : WORK_LINES;
    canvas.addEventListener("webglcontextlost", this.#lost);
    canvas.addEventListener("webglcontextrestored", this.#restored);
  }

  /** Null where there is no WebGL2. */
  static open(canvas: HTMLCanvasElement): GlDrawer | null {
    const gl = canvas.getContext("webgl2", {
      alpha: false,
      antialias: false,
      depth: false,
      stencil: false,
    });
    if (gl === null) return null;
    try {
      return new GlDrawer(canvas, gl);
    } catch {
      // A driver that refuses the shaders is as good as none.
      return null;
    }
  }

  /** See {@linkcode PictureDrawer.resize}. */
  resize({ width, height }: Size): void {
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#place = null;
    if (this.#tools !== null) this.#tools.marked = false;
  }

  /** See {@linkcode PictureDrawer.setLook}. */
  setLook(look: Look): void {
    this.#look = look;
  }

  /** See {@linkcode PictureDrawer.setWatermark}. */
  setWatermark(text: string): void {
    if (text === this.#watermark) return;
    this.#watermark = text;
    if (this.#tools !== null) this.#tools.marked = false;
  }

  /** See {@linkcode PictureDrawer.draw}. */
  draw({ camera, screen, corner }: Composition, nowMs: number): boolean {
    const gl = this.#gl;
    const tools = this.#tools;
    if (tools === null || gl.isContextLost()) return false;
    const seesCamera = camera !== null && readSize(camera, this.#cameraSize);
    const seesScreen = screen !== null && readSize(screen, this.#screenSize);
    if (!seesCamera && !seesScreen) return false;
    gl.disable(gl.BLEND);
    if (seesCamera) {
      tools.camera.upload(camera, this.#cameraSize);
      this.#sizeWork();
      this.#soften(tools);
    }
    if (seesScreen) tools.screen.upload(screen, this.#screenSize);

    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    const place = this.#placeOf(seesScreen, corner);
    if (seesScreen) {
      gl.viewport(0, 0, this.#canvas.width, this.#canvas.height);
      gl.clearColor(0.04, 0.045, 0.055, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      this.#viewport(place.screen);
      this.#copy(tools, tools.screen);
    }
    if (seesCamera) {
      if (seesScreen) this.#blend();
      this.#viewport(place.camera);
      tools.camera.bind(0);
      tools.soft.bind(1);
      this.#aim(this.#cameraSize, place.camera, { flip: true });
      this.#dress(tools, this.#look, {
        width: place.camera.width,
        height: place.camera.height,
        nowMs,
        corner: seesScreen ? place.camera.width * 0.07 : 0,
      });
    }
    this.#mark(tools);
    return true;
  }

  /** See {@linkcode PictureDrawer.drawThumbnails}. */
  drawThumbnails(camera: PictureSource, into: ThumbnailSheet): boolean {
    const gl = this.#gl;
    const tools = this.#tools;
    if (tools === null || gl.isContextLost() || this.#cameraSize.width === 0) return false;
    if (this.#fence !== null) return this.#collect(tools, into);
    const { size, presets } = into;
    // The camera's texture is the one of the last frame: nothing is uploaded for this.
    if (!readSize(camera, this.#cameraSize)) return false;
    gl.disable(gl.BLEND);
    this.#smallSize.width = size.width;
    this.#smallSize.height = size.height;
    this.#aim(this.#cameraSize, size, { flip: false });
    gl.useProgram(tools.copy.program);
    gl.uniform4fv(tools.copy.at.part!, this.#part);
    tools.small.target(this.#smallSize);
    tools.camera.bind(0);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    const stride = 8 * size.height / CSS_LINES / STRIDES_OF_DEVIATION;
    this.#blur(tools, {
      from: tools.small,
      half: tools.smallHalf,
      to: tools.smallSoft,
      size: this.#smallSize,
      stride,
      range: 0,
    });

    this.#sheetSize.width = size.width * presets.length;
    this.#sheetSize.height = size.height;
    tools.sheet.target(this.#sheetSize);
    tools.small.bind(0);
    tools.smallSoft.bind(1);
    this.#part.set([1, 1, 0, 0]);
    for (let index = 0; index < presets.length; index++) {
      gl.viewport(index * size.width, 0, size.width, size.height);
      this.#dress(tools, this.#look, {
        preset: presets[index]!,
        smoothing: 0,
        width: size.width,
        height: size.height,
        nowMs: 0,
        corner: 0,
      });
    }
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, tools.pixels);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, into.pixels.data.byteLength, gl.STREAM_READ);
    gl.readPixels(
      0,
      0,
      this.#sheetSize.width,
      this.#sheetSize.height,
      gl.RGBA,
      gl.UNSIGNED_BYTE,
      0,
    );
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    this.#fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    return false;
  }

  /** Gives everything back. */
  [Symbol.dispose](): void {
    this.#canvas.removeEventListener("webglcontextlost", this.#lost);
    this.#canvas.removeEventListener("webglcontextrestored", this.#restored);
    this.#tools = null;
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  readonly #lost = (event: Event) => {
    // Without this the browser would not give it back.
    event.preventDefault();
    this.#tools = null;
    this.#fence = null;
  };

  readonly #restored = () => {
    this.#tools = makeTools(this.#gl);
  };

  /** The small pictures, when the GPU has finished them. */
  #collect(tools: Tools, into: ThumbnailSheet): boolean {
    const gl = this.#gl;
    const fence = this.#fence;
    if (fence === null || gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) return false;
    gl.deleteSync(fence);
    this.#fence = null;
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, tools.pixels);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, into.pixels.data);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    return true;
  }

  /** Makes the smooth picture that the look needs, if it needs one. */
  #soften(tools: Tools): void {
    const { blurPx } = transformOf(this.#look.preset);
    if (blurPx === 0 && this.#look.smoothing === 0) {
      tools.soft.bind(1, this.#workSize);
      return;
    }
    const lines = Math.min(this.#workSize.width, this.#workSize.height);
    this.#blur(tools, {
      from: tools.camera,
      half: tools.half,
      to: tools.soft,
      size: this.#workSize,
      stride: blurPx > 0
        ? blurPx * lines / CSS_LINES / STRIDES_OF_DEVIATION
        : SKIN_STRIDE * lines / WORK_LINES,
      range: blurPx > 0 ? 0 : EDGE_RANGE,
    });
  }

  #blur(
    { smooth }: Tools,
    { from, half, to, size, stride, range }: {
      readonly from: PictureTexture;
      readonly half: PictureTexture;
      readonly to: PictureTexture;
      readonly size: Size;
      readonly stride: number;
      readonly range: number;
    },
  ): void {
    const gl = this.#gl;
    gl.useProgram(smooth.program);
    gl.uniform1f(smooth.at.range!, range);
    half.target(size);
    from.bind(0);
    gl.uniform2f(smooth.at.stride!, stride / size.width, 0);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    to.target(size);
    half.bind(0);
    gl.uniform2f(smooth.at.stride!, 0, stride / size.height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  #dress(
    tools: Tools,
    look: Look,
    { preset = look.preset, smoothing = look.smoothing, width, height, nowMs, corner }: {
      readonly preset?: FilterPreset;
      readonly smoothing?: number;
      readonly width: number;
      readonly height: number;
      readonly nowMs: number;
      readonly corner: number;
    },
  ): void {
    const gl = this.#gl;
    const { rows, blurPx, plain } = transformOf(preset);
    const { program, at } = this.#dressFor(tools, {
      effect: preset.effect,
      smoothing: smoothing > 0,
      blurred: blurPx > 0,
      toned: look.brightness !== 0 || look.warmth !== 0,
      colored: !plain,
      round: corner > 0,
    });
    gl.useProgram(program);
    // A program has no more uniforms than it needs; the others are null, which WebGL ignores.
    gl.uniform1i(at.soft ?? null, 1);
    gl.uniform4fv(at.part ?? null, this.#part);
    gl.uniform2f(at.size ?? null, width, height);
    gl.uniform1f(at.smoothing ?? null, smoothing);
    gl.uniform1f(at.brightness ?? null, look.brightness);
    gl.uniform1f(at.warmth ?? null, look.warmth);
    gl.uniform4fv(at.red ?? null, rows[0]!);
    gl.uniform4fv(at.green ?? null, rows[1]!);
    gl.uniform4fv(at.blue ?? null, rows[2]!);
    gl.uniform1f(at.time ?? null, (nowMs / 1000) % 97);
    gl.uniform1f(at.corner ?? null, corner);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** The program that does so much and no more. */
  #dressFor({ dresses }: Tools, needs: DressNeeds): Program {
    const key = dressKey(needs);
    let program = dresses.get(key);
    if (program === undefined) {
      program = makeProgram(this.#gl, { vertex: VERTEX, fragment: dressSource(needs) });
      dresses.set(key, program);
    }
    return program;
  }

  /** A texture that came from a picture, upright. */
  #copy({ copy }: Tools, from: PictureTexture): void {
    const gl = this.#gl;
    this.#part[0] = 1;
    this.#part[1] = -1;
    this.#part[2] = 0;
    this.#part[3] = 1;
    gl.useProgram(copy.program);
    gl.uniform4fv(copy.at.part!, this.#part);
    from.bind(0);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  #mark(tools: Tools): void {
    if (this.#watermark === "") return;
    const gl = this.#gl;
    const place = this.#canvas;
    if (!tools.marked) {
      const drawn = drawWatermark(this.#watermark, place);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
      tools.watermark.upload(drawn, { width: drawn.width, height: drawn.height });
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
      this.#watermarkSize = { width: drawn.width, height: drawn.height };
      tools.marked = true;
    }
    this.#blend();
    const { width, height } = this.#watermarkSize;
    gl.viewport(place.width - width, 0, width, height);
    this.#copy(tools, tools.watermark);
  }

  /** What comes next lies over what is there. */
  #blend(): void {
    const gl = this.#gl;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** The size at which the camera's picture is smoothed. */
  #sizeWork(): void {
    const { width, height } = this.#cameraSize;
    const scale = Math.min(1, this.#workLines / Math.min(width, height));
    this.#workSize.width = Math.max(1, Math.round(width * scale));
    this.#workSize.height = Math.max(1, Math.round(height * scale));
  }

  /** From a place to the part of the camera's picture that fills it. */
  #aim(picture: Size, place: Size, { flip }: { readonly flip: boolean }): void {
    const ratio = (picture.width / picture.height) / (place.width / place.height);
    const width = ratio > 1 ? 1 / ratio : 1;
    const height = ratio > 1 ? 1 : ratio;
    const part = this.#part;
    const { mirror } = this.#look;
    part[0] = mirror ? -width : width;
    part[1] = flip ? -height : height;
    part[2] = (1 + (mirror ? width : -width)) / 2;
    part[3] = (1 + (flip ? height : -height)) / 2;
  }

  /** `box` counts from the top, the GPU from the bottom. */
  #viewport({ x, y, width, height }: Box): void {
    this.#gl.viewport(x, this.#canvas.height - y - height, width, height);
  }

  /** Where things stand; worked out anew only when something changed. */
  #placeOf(seesScreen: boolean, corner: Composition["corner"]): Place {
    const { width, height } = this.#canvas;
    const camera = this.#cameraSize;
    const screen = this.#screenSize;
    const known = this.#place;
    const key = seesScreen
      ? `${corner} ${camera.width} ${camera.height} ${screen.width} ${screen.height}`
      : "camera";
    if (known?.key === key) return known;
    const whole = { x: 0, y: 0, width, height };
    return this.#place = seesScreen
      ? {
        key,
        screen: containBox(screen, whole),
        camera: camera.width === 0 ? whole : insetBox({ camera, place: whole, corner }),
      }
      : { key, screen: whole, camera: whole };
  }
}

function makeTools(gl: WebGL2RenderingContext): Tools {
  const texture = () => new PictureTexture(gl);
  return {
    copy: makeProgram(gl, { vertex: VERTEX, fragment: COPY }),
    smooth: makeProgram(gl, { vertex: VERTEX, fragment: SMOOTH }),
    dresses: new Map(),
    camera: texture(),
    screen: texture(),
    half: texture(),
    soft: texture(),
    watermark: texture(),
    small: texture(),
    smallHalf: texture(),
    smallSoft: texture(),
    sheet: texture(),
    pixels: gl.createBuffer(),
    marked: false,
  };
}

/** Writes the size of a source; false while it has no picture. */
function readSize(source: PictureSource, into: { width: number; height: number }): boolean {
  if ("videoWidth" in source) {
    if (source.readyState < 2) return false;
    into.width = source.videoWidth;
    into.height = source.videoHeight;
  } else {
    into.width = source.width;
    into.height = source.height;
  }
  return into.width > 0 && into.height > 0;
}

/** Whether the processor does what a GPU would do. */
function isSoftware(gl: WebGL2RenderingContext): boolean {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = String(gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
  return /swiftshader|llvmpipe|software|basic render/i.test(renderer);
}
