/**
 * Password fields: showing what was typed, and how easily it is guessed.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** Password fields: showing what was typed, and how easily it is guessed. */
export const passwordText = texts({
  show: "Show what is typed",
  short: (missing: number) => `Too short: ${missing} more.`,
  common: "Easy to guess: many people use this one.",
  name: "Easy to guess: it holds your name.",
  weak: "Weak: make it longer or less regular.",
  fair: "Fair. A few more characters make it strong.",
  strong: "Strong.",
}, {
  show: "显示输入的内容",
  short: (missing) => `太短了，还差 ${missing} 个字符。`,
  common: "容易被猜到：很多人都在用。",
  name: "容易被猜到：里面有你的名字。",
  weak: "偏弱：再长一些，或者少些规律。",
  fair: "还可以，再长几个字符就很强了。",
  strong: "很强。",
});
