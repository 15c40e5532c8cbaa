import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { Avatar, avatarUrl } from "./avatar.tsx";
import { Card } from "./card.tsx";
import { LineChart, Sparkline } from "./chart.tsx";
import { classNames } from "./class_names.ts";
import { CopyField } from "./copy_field.tsx";
import { iconsIn, IconSprite } from "./icon_sprite.tsx";
import { Icon } from "./icons.tsx";
import { Badge, Chip } from "./marks.tsx";
import { Meter, percentOf, Progress } from "./meter.tsx";
import { EmptyState, Skeleton } from "./placeholder.tsx";
import { Segments } from "./segments.tsx";
import { ToastList } from "./toast.tsx";

Deno.test("classNames() joins what is there", () => {
  assert.equal(classNames("a", false, null, undefined, "b"), "a b");
  assert.equal(classNames(false), undefined);
});

Deno.test("Avatar shows the initial, and over it the picture when there is one", () => {
  assert.equal(avatarUrl(null), null);
  assert.equal(avatarUrl("a/b"), "/images/a%2Fb.jpg");
  const plain = renderToString(<Avatar name=" 林小满" />);
  assert.match(plain, /aria-hidden="true">林/);
  assert.doesNotMatch(plain, /<img/);
  const html = renderToString(<Avatar name="<b>" picture="/images/x.jpg" size={44} />);
  assert.match(
    html,
    /<img src="\/images\/x\.jpg" alt(?:="")? width="44" height="44" loading="lazy"/,
  );
  assert.match(html, /--size:44px/);
});

Deno.test("Chip is a link, a switch, or a fact", () => {
  assert.match(
    renderToString(<Chip href="/?c=music" current>Music</Chip>),
    /<a class="chip" href="\/\?c=music" aria-current="true">/,
  );
  assert.match(
    renderToString(<Chip pressed={false} onClick={() => {}} count="36">All</Chip>),
    /<button type="button" class="chip" aria-pressed="false">.*36/,
  );
  assert.match(renderToString(<Chip icon="users">9</Chip>), /^<span class="chip">/);
});

Deno.test("Badge carries its meaning in words and in its class", () => {
  assert.equal(
    renderToString(<Badge kind="live">LIVE</Badge>),
    '<span class="badge live">LIVE</span>',
  );
  assert.match(renderToString(<Badge soft kind="jade">Good</Badge>), /class="badge jade soft"/);
});

Deno.test("Card is a section named by its heading", () => {
  const html = renderToString(<Card id="health" title="Health" tone="notice">x</Card>);
  assert.match(html, /<section class="card stack notice" aria-labelledby="health-title">/);
  assert.match(html, /<h2 id="health-title">Health<\/h2>/);
});

Deno.test("percentOf() stays between nothing and all", () => {
  assert.equal(percentOf(5, { max: 10 }), 50);
  assert.equal(percentOf(-5, { max: 10 }), 0);
  assert.equal(percentOf(50, { max: 10 }), 100);
  assert.equal(percentOf(NaN, { max: 10 }), 0);
  assert.equal(percentOf(5, { max: 0 }), 0);
  assert.equal(percentOf(15, { min: 10, max: 20 }), 50);
});

Deno.test("Meter and Progress say how far they are; unknown work says nothing of it", () => {
  const meter = renderToString(<Meter label="Disk" value={900} max={512} said="full" />);
  assert.match(meter, /role="meter" aria-label="Disk"/);
  assert.match(meter, /aria-valuenow="512" aria-valuetext="full"/);
  const progress = renderToString(<Progress label="Upload" value={40} />);
  assert.match(progress, /role="progressbar"[^>]*aria-valuenow="40"/);
  assert.doesNotMatch(renderToString(<Progress label="Start" value={null} />), /aria-valuenow/);
});

Deno.test("Skeleton is read out once, EmptyState has its heading where it belongs", () => {
  const skeleton = renderToString(<Skeleton label="Loading" lines={4} shape="cards" />);
  assert.equal(skeleton.match(/class="skeleton"/g)?.length, 4);
  assert.match(skeleton, /role="status"><span class="visually-hidden">Loading/);
  const empty = renderToString(
    <EmptyState icon="radio" level={1} title="Nobody" text="Be first" />,
  );
  assert.match(empty, /<h1[^>]*>Nobody<\/h1>/);
  assert.doesNotMatch(empty, /empty-actions/);
});

Deno.test("Segments are radio buttons of one group with a legend", () => {
  const html = renderToString(
    <Segments
      name="mode"
      legend="Latency"
      hideLegend
      value="b"
      segments={[{ value: "a", label: "A" }, { value: "b", label: "B" }]}
    />,
  );
  assert.match(html, /<legend class="visually-hidden">Latency<\/legend>/);
  assert.equal(html.match(/type="radio" name="mode"/g)?.length, 2);
  assert.match(html, /value="b"[^>]* checked/);
  assert.equal(html.match(/ checked/g)?.length, 1);
});

Deno.test("charts keep their place and say their summary before anything is drawn", () => {
  const spark = renderToString(<Sparkline summary="1 to 2 kbps" values={[1, 2]} height={40} />);
  assert.match(spark, /style="height:40px;?" role="img" aria-label="1 to 2 kbps"/);
  const chart = renderToString(
    <LineChart
      summary="Memory"
      timesMs={[0, 1_000]}
      series={[{ label: "Web", color: "violet", values: [100, null] }]}
      format={(value) => `${value} MB`}
      empty="No figures yet"
    />,
  );
  assert.match(chart, /role="img" aria-label="Memory"/);
  assert.match(chart, /Web <b class="tabular">–<\/b>/);
  assert.match(chart, /var\(--violet-text\)/);
  assert.doesNotMatch(chart, /No figures yet/);
});

Deno.test("CopyField shows one thing and can carry another", () => {
  const html = renderToString(
    <CopyField id="k" label="Key" value="secret" shown="••••" locale="en" />,
  );
  assert.doesNotMatch(html, /secret/);
  assert.match(html, /<input[^>]*id="k"[^>]*readonly[^>]*value="••••"/i);
  assert.match(html, /aria-label="Copy: Key"/);
});

Deno.test("ToastList shows what can be done about it", () => {
  const toast = { id: 1, endsAtMs: 0, text: "Removed" };
  const action = { label: "Undo", run: () => {} };
  const html = renderToString(
    <ToastList toasts={[{ ...toast, tone: "bad", action }]} onDismiss={() => {}} />,
  );
  assert.match(html, /class="toast bad"/);
  assert.match(html, /<button type="button" class="toast-action">Undo<\/button>/);
});

Deno.test("IconSprite draws each icon once, and only those of the table", () => {
  const html = renderToString(
    <>
      <Icon name="eye" />
      <Icon name="eye" size={16} />
      <Icon name="x" />
    </>,
  );
  assert.deepEqual(iconsIn(html), ["eye", "x"]);
  assert.deepEqual(iconsIn('<use href="#icon-constructor"/><use href="#icon-nothing"/>'), []);
  const sprite = renderToString(<IconSprite names={["x", "eye", "x"]} />);
  assert.equal(sprite.match(/<symbol /g)?.length, 2);
});
