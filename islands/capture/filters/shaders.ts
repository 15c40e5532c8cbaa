/**
 * What the GPU runs (GLSL ES 3.00). Every pass is one triangle over its viewport.
 *
 * @module
 */
import type { Effect } from "./presets.ts";

/** Corners of a triangle that covers everything; `place` is 0 to 1 from the bottom left. */
export const VERTEX = `#version 300 es
out vec2 place;
void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  place = corner;
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/** A part of a picture as it is. `part`: scale and offset of the coordinates. */
export const COPY = `#version 300 es
precision mediump float;
in vec2 place;
uniform sampler2D picture;
uniform vec4 part;
out vec4 color;
void main() {
  color = texture(picture, place * part.xy + part.zw);
}`;

/**
 * One direction of a blur that stops at edges: seven samples, weighted by distance and, by `range`,
 * by how far their brightness is from that of the middle. With a range of 0 it is close to a plain
 * Gaussian. Two of them after each other come close to a bilateral filter, at a seventh of its cost.
 */
export const SMOOTH = `#version 300 es
precision mediump float;
in vec2 place;
uniform sampler2D picture;
uniform vec2 stride;
uniform float range;
out vec4 color;
const vec3 LUMA = vec3(0.299, 0.587, 0.114);
vec3 sum;
float weights;
float light;
void add(vec2 at, float near) {
  vec3 there = texture(picture, at).rgb;
  float apart = (dot(there, LUMA) - light) * range;
  float alike = max(0.0, 1.0 - apart * apart);
  float weight = near * alike * alike;
  sum += there * weight;
  weights += weight;
}
void main() {
  sum = texture(picture, place).rgb;
  weights = 1.0;
  light = dot(sum, LUMA);
  add(place - stride, 0.88);
  add(place + stride, 0.88);
  add(place - 2.0 * stride, 0.6);
  add(place + 2.0 * stride, 0.6);
  add(place - 3.0 * stride, 0.32);
  add(place + 3.0 * stride, 0.32);
  vec3 s = sum / weights;
  // Beside the colour stands how much of it is skin: an ellipse in chroma, wide enough for every
  // tone. Here it is worked out for few pixels.
  vec2 chroma = vec2(
    0.5 - 0.168736 * s.r - 0.331264 * s.g + 0.5 * s.b,
    0.5 + 0.5 * s.r - 0.418688 * s.g - 0.081312 * s.b
  );
  vec2 off = (chroma - vec2(0.43, 0.585)) / vec2(0.10, 0.085);
  color = vec4(s, 0.12 + 0.88 * (1.0 - smoothstep(0.5, 1.8, dot(off, off))));
}`;

/** What a look asks of the picture; every combination is a program of its own. */
export interface DressNeeds {
  readonly effect: Effect;
  readonly smoothing: boolean;
  readonly blurred: boolean;
  /** Brightness or warmth. */
  readonly toned: boolean;
  /** A colour matrix. */
  readonly colored: boolean;
  /** Round corners. */
  readonly round: boolean;
}

/** The name of a combination. */
export function dressKey(needs: DressNeeds): string {
  const { effect, smoothing, blurred, toned, colored, round } = needs;
  return `${effect} ${+smoothing}${+blurred}${+toned}${+colored}${+round}`;
}

/**
 * The camera's picture with everything that was chosen, and nothing else: without a GPU even what
 * is switched off by a uniform would cost its time.
 */
export function dressSource(needs: DressNeeds): string {
  const { effect, smoothing, blurred, toned, colored, round } = needs;
  return [
    DRESS_HEAD,
    "void main() {\n  vec2 at = place;",
    PLACES[effect] ?? "",
    "  vec2 uv = at * part.xy + part.zw;\n  vec3 c = texture(picture, uv).rgb;",
    effect === "glow" ? GLOW : blurred ? "  c = texture(soft, uv).rgb;" : smoothing ? SKIN : "",
    toned ? TONE : "",
    colored ? COLOR : "",
    COLORS[effect] ?? "",
    round ? ROUND : "  color = vec4(c, 1.0);",
    "}",
  ].join("\n");
}

const DRESS_HEAD = `#version 300 es
precision highp float;
in vec2 place;
uniform sampler2D picture;
uniform sampler2D soft;
/* Scale and offset from the place to the picture; mirrored when the scale is negative. */
uniform vec4 part;
uniform vec2 size;
uniform float smoothing;
uniform float brightness;
uniform float warmth;
uniform vec4 red;
uniform vec4 green;
uniform vec4 blue;
uniform float time;
/* Radius of the corners in pixels. */
uniform float corner;
out vec4 color;
const vec3 LUMA = vec3(0.299, 0.587, 0.114);
float noise(vec2 at) {
  return fract(sin(dot(at, vec2(12.9898, 78.233))) * 43758.5453);
}`;

/** Where a pixel comes from. */
const PLACES: Partial<Record<Effect, string>> = {
  pixels: `
  vec2 grid = vec2(72.0, 72.0 * size.y / size.x);
  at = (floor(at * grid) + 0.5) / grid;`,
  bulge: `
  vec2 away = (at - 0.5) * vec2(1.0, size.y / size.x);
  float far = min(length(away) / 0.42, 1.0);
  at = 0.5 + (at - 0.5) * mix(0.45, 1.0, far * far * (3.0 - 2.0 * far));`,
  twins: `
  at.x = min(at.x, 1.0 - at.x);`,
};

/**
 * The smooth picture replaces the sharp one where there is skin and no edge; a little of the fine
 * structure always stays, or faces turn to wax.
 */
const SKIN = `
  vec4 s = texture(soft, uv);
  float apart = dot(c - s.rgb, LUMA);
  float level = max(0.0, 1.0 - 40.0 * apart * apart);
  c += (s.rgb - c) * (0.9 * smoothing * s.a * level);`;

const GLOW = `
  vec3 s = texture(soft, uv).rgb;
  c = 1.0 - (1.0 - c) * (1.0 - s * 0.42);
  c = mix(c, s, 0.18);`;

/** Black stays black and white white; warmth changes no brightness. */
const TONE = `
  c = pow(max(c, 0.0), vec3(exp2(-0.75 * brightness)));
  float light = dot(c, LUMA);
  c *= vec3(1.0 + 0.16 * warmth, 1.0 + 0.02 * warmth, 1.0 - 0.18 * warmth);
  c *= light / max(dot(c, LUMA), 0.001);`;

const COLOR = `
  vec4 whole = vec4(c, 1.0);
  c = clamp(vec3(dot(red, whole), dot(green, whole), dot(blue, whole)), 0.0, 1.0);`;

/** What is done to the colours in the end. */
const COLORS: Partial<Record<Effect, string>> = {
  film: `
  vec2 middle = place - 0.5;
  c *= 1.0 - 0.75 * smoothstep(0.14, 0.74, dot(middle, middle));
  c += (noise(floor(place * size * 0.6) + time) - 0.5) * 0.11;`,
  comic: `
  vec2 du = vec2(1.4 / size.x * abs(part.x), 0.0);
  vec2 dv = vec2(0.0, 1.4 / size.y * abs(part.y));
  float across = dot(texture(picture, uv + du).rgb - texture(picture, uv - du).rgb, LUMA);
  float down = dot(texture(picture, uv + dv).rgb - texture(picture, uv - dv).rgb, LUMA);
  c = floor(c * 5.0 + 0.5) / 5.0;
  c *= 1.0 - smoothstep(0.01, 0.078, across * across + down * down);`,
  heat: `
  float heat = c.r;
  c = clamp(vec3(
    1.6 * heat - 0.35 + 0.9 * smoothstep(0.3, 0.0, heat) * heat,
    2.2 * heat - 1.15,
    sin(heat * 3.1416) * 0.85 - 0.5 * smoothstep(0.35, 0.7, heat) + 1.6 * max(heat - 0.86, 0.0)
  ), 0.0, 1.0);`,
};

const ROUND = `
  vec2 inside = abs(place - 0.5) * size - (0.5 * size - corner);
  float alpha = 1.0 - smoothstep(-1.0, 0.5, length(max(inside, 0.0)) - corner);
  color = vec4(c * alpha, alpha);`;
