import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { CheckField, SelectField, SwitchField, TextArea, TextField } from "./field.tsx";

Deno.test("TextField ties label, hint, error and counter to its input", () => {
  const html = renderToString(
    <TextField
      id="title"
      label="Title"
      hint="Viewers see it."
      error="Too long"
      defaultValue="三个字"
      counter={{ max: 100, locale: "en" }}
    />,
  );
  assert.match(html, /<label for="title">Title<\/label>/);
  assert.match(html, /aria-describedby="title-error title-hint title-length"/);
  assert.match(html, /aria-invalid/);
  for (const id of ["title-error", "title-hint", "title-length"]) {
    assert.ok(html.includes(`id="${id}"`), id);
  }
  assert.match(html, />3\/100</);
  assert.match(html, /3 of 100 characters/);
});

Deno.test("TextField without anything beside it describes nothing and is not invalid", () => {
  const html = renderToString(<TextField id="name" label="Name" error={null} />);
  assert.doesNotMatch(html, /aria-describedby|aria-invalid|counter|field-error/);
  assert.match(html, /<input[^>]* name="name"[^>]* id="name"/);
});

Deno.test("TextField counts characters as people see them, and says when there are too many", () => {
  const html = renderToString(
    <TextField id="t" label="T" defaultValue="🎉🎉🎉" counter={{ max: 2, locale: "zh" }} />,
  );
  assert.match(html, />3\/2</);
  assert.match(html, /class="counter tabular over"/);
});

Deno.test("TextArea keeps text that looks like markup", () => {
  const html = renderToString(
    <TextArea id="d" label="D" defaultValue="</textarea><script>x</script>" />,
  );
  assert.doesNotMatch(html, /<script>/);
  assert.match(html, /&lt;\/textarea>/);
});

Deno.test("SelectField marks its choice for readers without script", () => {
  const choices = [{ value: "a", label: "A" }, { value: "b", label: "B" }];
  const html = renderToString(<SelectField id="s" label="S" value="b" choices={choices} />);
  assert.equal(html.match(/ selected/g)?.length, 1);
  assert.match(html, /<option[^>]*selected[^>]*value="b"|<option[^>]*value="b"[^>]*selected/);
});

Deno.test("SwitchField is a switch, CheckField is a box, both with their words", () => {
  const on = renderToString(<SwitchField id="n" label="Notify" checked hint="Later" />);
  assert.match(on, /type="checkbox"/);
  assert.match(on, /role="switch"/);
  assert.match(on, / checked/);
  assert.match(on, /<label for="n">/);
  const box = renderToString(<CheckField id="c" label="Agree" error="Needed" />);
  assert.doesNotMatch(box, /role="switch"| checked/);
  assert.match(box, /aria-describedby="c-error"/);
});
