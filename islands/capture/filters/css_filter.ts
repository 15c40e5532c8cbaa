/**
 * CSS filter functions as one colour matrix and one blur, so that the GPU does to a recording
 * exactly what a style sheet would do to a picture (Filter Effects Module Level 1 §6, §9).
 *
 * @module
 */

/** What a list of filter functions comes to. */
export interface ColorTransform {
  /** Three rows of red, green, blue and a constant; colours are 0 to 1. */
  readonly rows: readonly (readonly [red: number, green: number, blue: number, add: number])[];
  /** Standard deviation of the blur in pixels of a picture of 720 lines; 0: none. */
  readonly blurPx: number;
  /** The colours stay as they are. */
  readonly plain: boolean;
}

type Row = [number, number, number, number];
type Rows = [Row, Row, Row];

/**
 * Reads a filter list such as `sepia(0.8) contrast(1.1) blur(2px)`.
 *
 * @throws {SyntaxError} For a function that is none of these: brightness, contrast, grayscale,
 *   sepia, saturate, hue-rotate, invert, blur.
 */
export function parseCssFilter(text: string): ColorTransform {
  let rows = identity();
  let blurPx = 0;
  for (const call of text.trim().split(/\s+(?![^(]*\))/)) {
    if (call === "" || call === "none") continue;
    const match = /^([a-z-]+)\((-?\d*\.?\d+)(%|px|deg)?\)$/.exec(call);
    if (match === null) throw new SyntaxError(`Cannot read the filter ${call}: not a function`);
    const [, name = "", digits, unit] = match;
    const amount = Number(digits) / (unit === "%" ? 100 : 1);
    if (name === "blur") {
      // One after the other: variances add up.
      blurPx = Math.hypot(blurPx, amount);
    } else rows = multiply(matrixOf(name, amount), rows);
  }
  const plain = rows.every((row, index) => row.every((part, at) => part === +(at === index)));
  return { rows, blurPx, plain };
}

function matrixOf(name: string, amount: number): Rows {
  const less = 1 - Math.min(1, Math.max(0, amount));
  switch (name) {
    case "brightness":
      return scaled(amount, 0);
    case "contrast":
      return scaled(amount, 0.5 - 0.5 * amount);
    case "invert":
      return scaled(2 * less - 1, 1 - less);
    case "grayscale":
      return [
        [0.2126 + 0.7874 * less, 0.7152 - 0.7152 * less, 0.0722 - 0.0722 * less, 0],
        [0.2126 - 0.2126 * less, 0.7152 + 0.2848 * less, 0.0722 - 0.0722 * less, 0],
        [0.2126 - 0.2126 * less, 0.7152 - 0.7152 * less, 0.0722 + 0.9278 * less, 0],
      ];
    case "sepia":
      return [
        [0.393 + 0.607 * less, 0.769 - 0.769 * less, 0.189 - 0.189 * less, 0],
        [0.349 - 0.349 * less, 0.686 + 0.314 * less, 0.168 - 0.168 * less, 0],
        [0.272 - 0.272 * less, 0.534 - 0.534 * less, 0.131 + 0.869 * less, 0],
      ];
    case "saturate":
      return [
        [0.213 + 0.787 * amount, 0.715 - 0.715 * amount, 0.072 - 0.072 * amount, 0],
        [0.213 - 0.213 * amount, 0.715 + 0.285 * amount, 0.072 - 0.072 * amount, 0],
        [0.213 - 0.213 * amount, 0.715 - 0.715 * amount, 0.072 + 0.928 * amount, 0],
      ];
    case "hue-rotate":
      return turned(amount * Math.PI / 180);
    default:
      throw new SyntaxError(`Cannot read the filter ${name}: unknown`);
  }
}

function turned(angle: number): Rows {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const row = (red: Triple, green: Triple, blue: Triple): Row => {
    const value = ([base, c, s]: Triple) => base + c * cos + s * sin;
    return [value(red), value(green), value(blue), 0];
  };
  return [
    row([0.213, 0.787, -0.213], [0.715, -0.715, -0.715], [0.072, -0.072, 0.928]),
    row([0.213, -0.213, 0.143], [0.715, 0.285, 0.14], [0.072, -0.072, -0.283]),
    row([0.213, -0.213, -0.787], [0.715, -0.715, 0.715], [0.072, 0.928, 0.072]),
  ];
}

type Triple = readonly [base: number, cos: number, sin: number];

function scaled(by: number, add: number): Rows {
  return [[by, 0, 0, add], [0, by, 0, add], [0, 0, by, add]];
}

function identity(): Rows {
  return scaled(1, 0);
}

/** First `before`, then `after`. */
function multiply(after: Rows, before: Rows): Rows {
  const row = ([red, green, blue, add]: Row): Row => {
    const column = (index: number) =>
      red * before[0][index]! + green * before[1][index]! + blue * before[2][index]!;
    return [column(0), column(1), column(2), column(3) + add];
  };
  return [row(after[0]), row(after[1]), row(after[2])];
}
