/**
 * What people press, choose and fill in.
 *
 * @module
 */
import { useState } from "preact/hooks";
import type { Locale } from "../i18n/mod.ts";
import { showcaseText } from "../i18n/showcase.ts";
import { Button, ButtonLink, IconButton, Spinner } from "../ui/button.tsx";
import { CopyField } from "../ui/copy_field.tsx";
import { CheckField, SelectField, SwitchField, TextArea, TextField } from "../ui/field.tsx";
import { Badge, type BadgeKind, Chip } from "../ui/marks.tsx";
import { Segments } from "../ui/segments.tsx";
import { TabLinks, TabPanel, Tabs } from "../ui/tabs.tsx";
import { Specimen } from "./specimen.tsx";

/** Buttons, chips, badges, tabs, segments. */
export function Controls({ locale }: { readonly locale: Locale }) {
  const text = showcaseText(locale);
  const [on, setOn] = useState(true);
  const [chip, setChip] = useState("all");
  const [tab, setTab] = useState("chat");
  const [latency, setLatency] = useState("balanced");
  const badges: readonly (readonly [BadgeKind, string])[] = [
    ["live", text.live],
    ["neutral", text.viewers],
    ["gold", text.gift],
    ["violet", text.level],
    ["jade", text.healthy],
    ["blue", text.blueSide],
    ["danger", text.suspended],
  ];
  const panels: Readonly<Record<string, string>> = {
    chat: text.chatText,
    leaderboard: text.leaderboardText,
    audience: text.audienceText,
  };
  return (
    <>
      <Specimen name="Button">
        <Button kind="primary" icon="video">{text.withIcon}</Button>
        <Button kind="primary">{text.primary}</Button>
        <Button>{text.quiet}</Button>
        <Button kind="ghost">{text.ghost}</Button>
        <Button kind="danger">{text.danger}</Button>
        <Button kind="primary" busy>{text.busy}</Button>
        <Button busy>{text.busy}</Button>
        <Button disabled>{text.disabled}</Button>
        <Button small icon="pencil">{text.small}</Button>
        <Button wide>{text.wide}</Button>
      </Specimen>
      <Specimen name="ButtonLink">
        <ButtonLink kind="primary" href="#ButtonLink" icon="play">{text.link}</ButtonLink>
        <ButtonLink href="#ButtonLink">{text.link}</ButtonLink>
        <ButtonLink small href="#ButtonLink">{text.small}</ButtonLink>
      </Specimen>
      <Specimen name="IconButton">
        <IconButton icon="share-2" label={text.quiet} />
        <IconButton icon="pencil" kind="ghost" label={text.ghost} />
        <IconButton
          icon={on ? "eye" : "eye-off"}
          label={text.pressed}
          pressed={on}
          onClick={() => setOn(!on)}
        />
        <IconButton icon="refresh-cw" label={text.busy} busy />
        <IconButton icon="x" label={text.disabled} disabled />
        <IconButton icon="copy" small label={text.small} />
      </Specimen>
      <Specimen name="Spinner">
        <Spinner />
        <Spinner size={32} />
      </Specimen>
      <Specimen name="Chip">
        {["all", "music", "games"].map((key) => (
          <Chip
            key={key}
            pressed={chip === key}
            onClick={() => setChip(key)}
            count={key === "all" ? "36" : undefined}
          >
            {key === "all" ? text.all : key === "music" ? text.music : text.games}
          </Chip>
        ))}
        <Chip href="#Chip" current>{text.link}</Chip>
        <Chip href="#Chip" icon="radio">{text.link}</Chip>
        <Chip icon="users">9,842</Chip>
      </Specimen>
      <Specimen name="Badge">
        {badges.map(([kind, word]) => <Badge key={kind} kind={kind}>{word}</Badge>)}
        {badges.map(([kind, word]) => <Badge key={`soft-${kind}`} soft kind={kind}>{word}</Badge>)}
        <Badge soft kind="blue" icon="shield">{text.administrator}</Badge>
      </Specimen>
      <Specimen name="Tabs" stacked>
        <Tabs
          id="tabs"
          label={text.chat}
          current={tab}
          onSelect={setTab}
          tabs={[
            { id: "chat", label: text.chat },
            { id: "leaderboard", label: text.leaderboard },
            { id: "audience", label: text.audience, count: "9,842" },
          ]}
        />
      </Specimen>
      <Specimen name="TabPanel" stacked>
        <TabPanel id="tabs" current={tab}>
          <p>{panels[tab]}</p>
        </TabPanel>
      </Specimen>
      <Specimen name="TabLinks" stacked>
        <TabLinks
          label={text.account}
          current="account"
          tabs={[
            { id: "account", label: text.account, icon: "user", href: "#TabLinks" },
            { id: "sessions", label: text.sessions, icon: "monitor", href: "#TabLinks" },
          ]}
        />
      </Specimen>
      <Specimen name="Segments" stacked>
        <Segments
          name="latency"
          legend={text.latency}
          value={latency}
          onSelect={setLatency}
          segments={[
            { value: "lowest", label: text.lowest, icon: "radio" },
            { value: "balanced", label: text.balanced },
            { value: "steady", label: text.steady },
          ]}
        />
      </Specimen>
      <Fields locale={locale} />
    </>
  );
}

function Fields({ locale }: { readonly locale: Locale }) {
  const text = showcaseText(locale);
  return (
    <>
      <Specimen name="TextField" stacked>
        <TextField id="field-name" label={text.name} hint={text.nameHint} defaultValue="Lin" />
        <TextField
          id="field-title"
          label={text.roomTitle}
          placeholder={text.sample}
          counter={{ max: 100, locale }}
        />
        <TextField
          id="field-wrong"
          label={text.roomTitle}
          error={text.tooLong}
          defaultValue={text.sample.repeat(4)}
          counter={{ max: 100, locale }}
        />
        <TextField
          id="field-key"
          label={text.streamKey}
          mono
          readOnly
          value="100001?key=••••••••"
        />
        <TextField id="field-off" label={text.disabled} disabled value={text.sample} />
      </Specimen>
      <Specimen name="TextArea" stacked>
        <TextArea
          id="field-description"
          label={text.description}
          defaultValue={text.descriptionValue}
          counter={{ max: 1000, locale }}
        />
      </Specimen>
      <Specimen name="SelectField" stacked>
        <SelectField
          id="field-category"
          label={text.category}
          value="music"
          choices={[{ value: "music", label: text.music }, { value: "games", label: text.games }]}
        />
      </Specimen>
      <Specimen name="SwitchField" stacked>
        <SwitchField id="field-notify" label={text.notify} hint={text.notifyHint} defaultChecked />
        <SwitchField id="field-notify-off" label={text.notify} />
        <SwitchField id="field-notify-disabled" label={text.disabled} disabled />
      </Specimen>
      <Specimen name="CheckField" stacked>
        <CheckField id="field-agree" label={text.agree} defaultChecked />
        <CheckField id="field-agree-wrong" label={text.agree} error={text.agreeError} />
        <CheckField id="field-agree-disabled" label={text.disabled} disabled />
      </Specimen>
      <Specimen name="CopyField" stacked>
        <CopyField
          id="copy-address"
          label={text.address}
          value="https://live.example/rooms/100001"
          locale={locale}
        />
        <CopyField
          id="copy-embed"
          label={text.embedCode}
          value={`<iframe src="https://live.example/embed/100001" width="1280" height="720" allow="autoplay; fullscreen; picture-in-picture"></iframe>`}
          locale={locale}
          lines={3}
        />
      </Specimen>
    </>
  );
}
