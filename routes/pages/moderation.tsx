/**
 * `/studio/moderation`: the rules of a room and everybody and everything in it that needs a decision.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { formatRelative } from "../../islands/i18n/mod.ts";
import { moderationText } from "../../islands/i18n/moderation.ts";
import { siteText } from "../../islands/i18n/site.ts";
import { Button, ButtonLink } from "../../islands/ui/button.tsx";
import { Card } from "../../islands/ui/card.tsx";
import { SelectField, SwitchField, TextArea, TextField } from "../../islands/ui/field.tsx";
import { Icon } from "../../islands/ui/icons.tsx";
import type { Room } from "../../rooms/model.ts";
import type {
  Act,
  HeldText,
  Moderator,
  Report,
  Restriction,
} from "../../rooms/moderation/lists.ts";
import type { RoomRules } from "../../rooms/moderation/room_rules.ts";
import type { Page } from "./document.tsx";
import type { Reader } from "./view.ts";

/** What the page shows. */
export interface ModerationInput {
  readonly reader: Reader;
  readonly room: Pick<Room, "id" | "title">;
  /** Whether the reader appoints moderators, and has the studio of the room. */
  readonly appoints: boolean;
  readonly isOwn: boolean;
  readonly rules: RoomRules;
  readonly moderators: readonly Moderator[];
  readonly mutes: readonly Restriction[];
  readonly bans: readonly Restriction[];
  readonly held: readonly HeldText[];
  readonly reports: readonly Report[];
  readonly acts: readonly Act[];
  /** Something was done a moment ago. */
  readonly done: boolean;
  /** Why something was not done; null: nothing. */
  readonly problem: string | null;
}

/** Acts that are shown. */
const SHOWN_ACTS = 30;

/** The page. */
export function moderationPage(input: ModerationInput): Page {
  const { reader, room, problem, done } = input;
  const text = moderationText(reader.locale);
  return {
    reader,
    layout: "studio",
    styles: ["moderation"],
    current: "studio",
    title: text.title,
    description: siteText(reader.locale).siteDescription,
    noIndex: true,
    content: (
      <div class="moderation">
        <header class="moderation-head">
          <div>
            <h1>{text.title}</h1>
            <p class="muted">
              <bdi>{room.title}</bdi> · {text.lead(room.id)}
            </p>
          </div>
          <p class="moderation-ways">
            {input.isOwn && <ButtonLink href="/studio" icon="arrow-left">{text.back}</ButtonLink>}
            <ButtonLink href={`/rooms/${room.id}`} icon="tv">{text.toRoom}</ButtonLink>
          </p>
        </header>
        {problem !== null && (
          <p class="form-problem" role="alert">
            <Icon name="circle-alert" size={18} /> {problem}
          </p>
        )}
        {done && problem === null && (
          <p class="form-notice" role="status">
            <Icon name="check" size={18} /> {text.done}
          </p>
        )}
        <div class="moderation-columns">
          <div class="moderation-column">
            <Rules {...input} />
            <Words {...input} />
            <Moderators {...input} />
          </div>
          <div class="moderation-column">
            <Held {...input} />
            <Reports {...input} />
            <Restrict {...input} />
            <Restricted {...input} kind="mutes" />
            <Restricted {...input} kind="bans" />
            <Acts {...input} />
          </div>
        </div>
      </div>
    ),
  };
}

/** A form of this page: what it does, and to which room. */
function Form(
  { room, act, fields = {}, inline = false, children }: {
    readonly room: Pick<Room, "id">;
    readonly act: string;
    readonly fields?: Readonly<Record<string, string>>;
    readonly inline?: boolean;
    readonly children: ComponentChildren;
  },
) {
  return (
    <form method="post" action="/studio/moderation" class={inline ? "inline-form" : "stack"}>
      <input type="hidden" name="room" value={room.id} />
      <input type="hidden" name="act" value={act} />
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  );
}

function Rules({ room, rules, reader }: ModerationInput) {
  const text = moderationText(reader.locale);
  return (
    <Card id="rules" title={text.rules}>
      <Form room={room} act="rules">
        <TextField
          id="slowModeS"
          type="number"
          label={text.slowMode}
          hint={text.slowModeHint}
          defaultValue={String(rules.slowModeS)}
          min={0}
          max={3_600}
          inputMode="numeric"
        />
        <TextField
          id="minLevel"
          type="number"
          label={text.minLevel}
          hint={text.minLevelHint}
          defaultValue={String(rules.minLevel)}
          min={0}
          max={100}
          inputMode="numeric"
        />
        {(["followersOnly", "emotesOnly", "visitors", "review"] as const).map((name) => (
          <SwitchField key={name} id={name} label={text[name]} defaultChecked={rules[name]} />
        ))}
        <Button type="submit" kind="primary">{text.save}</Button>
      </Form>
    </Card>
  );
}

function Words({ room, rules, reader }: ModerationInput) {
  const text = moderationText(reader.locale);
  return (
    <Card id="words-card" title={text.words}>
      <Form room={room} act="words">
        <TextArea
          id="words"
          label={text.wordsLabel}
          hint={text.wordsHint}
          defaultValue={rules.words.list.join("\n")}
          rows={4}
          maxLength={13_000}
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          dir="auto"
        />
        <SelectField
          id="wordAction"
          label={text.wordAction}
          value={rules.words.action}
          choices={(["refuse", "mask", "hold"] as const).map((value) => ({
            value,
            label: text[value],
          }))}
        />
        <Button type="submit" kind="primary">{text.save}</Button>
      </Form>
    </Card>
  );
}

function Moderators({ room, moderators, appoints, reader }: ModerationInput) {
  const text = moderationText(reader.locale);
  return (
    <Card id="moderators" title={text.moderators}>
      {moderators.length === 0
        ? <p class="muted">{text.moderatorsEmpty}</p>
        : (
          <ul class="moderation-list">
            {moderators.map(({ account }) => (
              <li key={account.id}>
                <bdi>{account.name}</bdi>
                {appoints && (
                  <Form room={room} act="dismiss" fields={{ account: account.id }} inline>
                    <Button type="submit" small aria-label={text.dismissOf(account.name)}>
                      {text.dismiss}
                    </Button>
                  </Form>
                )}
              </li>
            ))}
          </ul>
        )}
      {appoints && (
        <Form room={room} act="appoint">
          <TextField id="moderator" name="name" label={text.moderatorName} autoComplete="off" />
          <Button type="submit">{text.appoint}</Button>
        </Form>
      )}
    </Card>
  );
}

function Restrict({ room, reader }: ModerationInput) {
  const text = moderationText(reader.locale);
  return (
    <Card id="restrict" title={text.restrict}>
      <Form room={room} act="restrict">
        <TextField id="who" name="name" label={text.moderatorName} autoComplete="off" />
        <SelectField
          id="kind"
          label={text.kind}
          value="mutes"
          choices={[{ value: "mutes", label: text.mute }, { value: "bans", label: text.ban }]}
        />
        <SelectField
          id="seconds"
          label={text.length}
          value="600"
          choices={[
            { value: "600", label: text.minutes10 },
            { value: "3600", label: text.hour },
            { value: "86400", label: text.day },
            { value: "604800", label: text.week },
            { value: "2592000", label: text.month },
            { value: "", label: text.forever },
          ]}
        />
        <TextField id="reason" label={text.reason} maxLength={200} autoComplete="off" dir="auto" />
        <Button type="submit" kind="danger">{text.restrictButton}</Button>
      </Form>
    </Card>
  );
}

function Restricted({ kind, ...input }: ModerationInput & { readonly kind: "mutes" | "bans" }) {
  const { room, reader } = input;
  const { locale } = reader;
  const text = moderationText(locale);
  const isMute = kind === "mutes";
  const rows = input[kind];
  return (
    <Card id={kind} title={isMute ? text.muted : text.banned}>
      {rows.length === 0
        ? <p class="muted">{isMute ? text.mutedEmpty : text.bannedEmpty}</p>
        : (
          <ul class="moderation-list">
            {rows.map(({ account, untilMs, reason, by }) => (
              <li key={account.id}>
                <span>
                  <bdi>{account.name}</bdi>
                  <span class="muted moderation-note">
                    {untilMs === null ? text.always : text.until(moment(untilMs))}
                    {" · "}
                    {text.by(by.name)}
                    {reason !== "" && (
                      <>
                        {" · "}
                        <bdi>{reason}</bdi>
                      </>
                    )}
                  </span>
                </span>
                <Form room={room} act="lift" fields={{ account: account.id, kind }} inline>
                  <Button type="submit" small aria-label={text.undoOf(account.name)}>
                    {text.undo}
                  </Button>
                </Form>
              </li>
            ))}
          </ul>
        )}
    </Card>
  );
}

/** To the minute, the same for every reader. */
function moment(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function Held({ room, held, reader }: ModerationInput) {
  const { locale, nowMs } = reader;
  const text = moderationText(locale);
  return (
    <Card id="held" title={text.held}>
      {held.length === 0 ? <p class="muted">{text.heldEmpty}</p> : (
        <ul class="moderation-list">
          {held.map(({ id, draft, atMs }) => (
            <li key={id}>
              <span>
                <bdi>{draft.kind === "chat" ? draft.body.text : ""}</bdi>
                <span class="muted moderation-note">
                  <bdi>{draft.from?.name}</bdi> · {formatRelative(atMs, { nowMs, locale })}
                </span>
              </span>
              <span class="moderation-buttons">
                <Form room={room} act="approve" fields={{ id }} inline>
                  <Button type="submit" small kind="primary">{text.approve}</Button>
                </Form>
                <Form room={room} act="reject" fields={{ id }} inline>
                  <Button type="submit" small>{text.reject}</Button>
                </Form>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Reports({ room, reports, reader }: ModerationInput) {
  const text = moderationText(reader.locale);
  return (
    <Card id="reports" title={text.reports}>
      {reports.length === 0
        ? <p class="muted">{text.reportsEmpty}</p>
        : (
          <ul class="moderation-list">
            {reports.map(({ id, message, reason, reporter }) => (
              <li key={id}>
                <span>
                  <bdi>{message.from?.name}</bdi>: <bdi>{message.text}</bdi>
                  <span class="muted moderation-note">
                    {text.reportedBy(reporter.name, reason)}
                  </span>
                </span>
                <span class="moderation-buttons">
                  <Form room={room} act="remove" fields={{ id, message: message.id }} inline>
                    <Button type="submit" small kind="danger">{text.removeMessage}</Button>
                  </Form>
                  <Form room={room} act="close" fields={{ id }} inline>
                    <Button type="submit" small>{text.closeReport}</Button>
                  </Form>
                </span>
              </li>
            ))}
          </ul>
        )}
    </Card>
  );
}

function Acts({ acts, reader }: ModerationInput) {
  const { locale, nowMs } = reader;
  const text = moderationText(locale);
  const words = { ...text, muted: text.actMuted, banned: text.actBanned };
  return (
    <Card id="acts" title={text.acts}>
      {acts.length === 0 ? <p class="muted">{text.actsEmpty}</p> : (
        <ul class="moderation-list">
          {acts.slice(0, SHOWN_ACTS).map(({ act, actor, account, atMs, detail }, index) => (
            <li key={index}>
              <span>
                <bdi>{actor.name}</bdi> {words[act]} <bdi>{account?.name}</bdi>
                <span class="muted moderation-note">
                  {formatRelative(atMs, { nowMs, locale })}
                  {detail !== "" && (
                    <>
                      {" · "}
                      <bdi>{detail}</bdi>
                    </>
                  )}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
