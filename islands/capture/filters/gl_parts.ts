/**
 * The few WebGL2 objects that a picture needs.
 *
 * @module
 */
import type { Size } from "../constraints.ts";

/** A program with its uniforms by name. */
export interface Program {
  readonly program: WebGLProgram;
  readonly at: Readonly<Record<string, WebGLUniformLocation | null>>;
}

/** @throws {Error} When the GPU refuses the source. */
export function makeProgram(
  gl: WebGL2RenderingContext,
  source: { readonly vertex: string; readonly fragment: string },
): Program {
  const program = gl.createProgram();
  const shaders = [[gl.VERTEX_SHADER, source.vertex], [
    gl.FRAGMENT_SHADER,
    source.fragment,
  ]] as const;
  for (const [type, text] of shaders) {
    const shader = gl.createShader(type);
    // A context that was just lost gives null: its owner hears of it by an event.
    if (shader === null) continue;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    const log = gl.getAttachedShaders(program)
      ?.map((shader) => gl.getShaderInfoLog(shader)).join(" ");
    throw new Error(`Cannot link a shader: ${gl.getProgramInfoLog(program)} ${log}`);
  }
  const at: Record<string, WebGLUniformLocation | null> = {};
  const count = Number(gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) ?? 0);
  for (let index = 0; index < count; index++) {
    const name = gl.getActiveUniform(program, index)?.name;
    if (name !== undefined) at[name] = gl.getUniformLocation(program, name);
  }
  return { program, at };
}

/** A texture that keeps its storage as long as its size stays. */
export class PictureTexture {
  readonly #gl: WebGL2RenderingContext;
  #texture: WebGLTexture | null = null;
  #framebuffer: WebGLFramebuffer | null = null;
  #width = 0;
  #height = 0;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
  }

  /** Binds it to a unit; with storage of this size. */
  bind(unit: number, size?: Size): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0 + unit);
    if (
      size !== undefined &&
      (this.#texture === null || size.width !== this.#width || size.height !== this.#height)
    ) this.#allocate(size);
    else gl.bindTexture(gl.TEXTURE_2D, this.#texture);
  }

  /** Takes a picture in, top line first. */
  upload(source: TexImageSource, size: Size): void {
    const gl = this.#gl;
    this.bind(0, size);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, gl.RGBA, gl.UNSIGNED_BYTE, source);
  }

  /** What is drawn from now on goes into it. */
  target(size: Size): void {
    const gl = this.#gl;
    this.bind(0, size);
    if (this.#framebuffer === null) {
      this.#framebuffer = gl.createFramebuffer();
      gl.bindFramebuffer(gl.FRAMEBUFFER, this.#framebuffer);
      gl.framebufferTexture2D(
        gl.FRAMEBUFFER,
        gl.COLOR_ATTACHMENT0,
        gl.TEXTURE_2D,
        this.#texture,
        0,
      );
    } else gl.bindFramebuffer(gl.FRAMEBUFFER, this.#framebuffer);
    gl.viewport(0, 0, size.width, size.height);
  }

  /** Gives the storage back. */
  free(): void {
    this.#gl.deleteTexture(this.#texture);
    this.#gl.deleteFramebuffer(this.#framebuffer);
    this.#texture = null;
    this.#framebuffer = null;
  }

  #allocate({ width, height }: Size): void {
    const gl = this.#gl;
    this.free();
    this.#texture = gl.createTexture();
    this.#width = width;
    this.#height = height;
    gl.bindTexture(gl.TEXTURE_2D, this.#texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, height);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  }
}
