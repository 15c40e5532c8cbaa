import assert from "node:assert/strict";
import { passwordStrength } from "./strength.ts";

const kind = (password: string, name = "Lin") => passwordStrength(password, { name }).kind;

Deno.test("passwordStrength() says how many characters are missing", () => {
  assert.deepEqual(passwordStrength("", { name: "" }), { kind: "short", missing: 8 });
  assert.deepEqual(passwordStrength("1234567", { name: "" }), { kind: "short", missing: 1 });
  assert.deepEqual(passwordStrength("👩🏽‍🚀", { name: "" }), { kind: "short", missing: 4 });
});

Deno.test("passwordStrength() knows what everybody uses, whatever its case and its end", () => {
  for (const password of ["password", "PassWord", "Password1!", "qwertyui12", "ｐａｓｓｗｏｒｄ"]) {
    assert.equal(kind(password), "common", password);
  }
});

Deno.test("passwordStrength() finds the own name, unless there is enough beside it", () => {
  assert.equal(kind("maryam88!", "Maryam"), "name");
  assert.equal(kind("MARYAM2024", "maryam"), "name");
  assert.notEqual(kind("maryam walks to nine rivers", "Maryam"), "name");
  assert.notEqual(kind("abxyzqrt", "ab"), "name", "two letters are in many words");
});

Deno.test("passwordStrength() rises with length and variety, and falls with rows", () => {
  assert.equal(kind("aaaaaaaaaaaaaaaaaaaa"), "weak");
  assert.equal(kind("abcdefghijklmnop"), "weak");
  assert.equal(kind("11223344"), "weak");
  assert.equal(kind("tablecow"), "weak");
  assert.equal(kind("table cow 7"), "fair");
  assert.equal(kind("correct horse battery staple"), "strong");
  assert.equal(kind("春眠不觉晓处处闻啼鸟"), "strong");
  assert.equal(kind("k8#Qw!zR2p@x"), "strong");
});

Deno.test("passwordStrength() looks at a bounded part of any text", () => {
  assert.equal(kind("x7Q!".repeat(100_000)), "strong");
  assert.equal(kind("\ud800".repeat(12)), "weak");
});
