/**
 * `/studio`: what a broadcaster needs to go live and to see that all is well.
 *
 * @module
 */
import { formsText } from "../../islands/i18n/forms.ts";
import { roomText } from "../../islands/i18n/room.ts";
import { siteText } from "../../islands/i18n/site.ts";
import { studioPageText } from "../../islands/i18n/studio_page.ts";
import PublishCard from "../../islands/PublishCard.tsx";
import RoomTitle from "../../islands/RoomTitle.tsx";
import StreamHealth from "../../islands/StreamHealth.tsx";
import { Icon } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import type { AssetManifest } from "../../islands/ui/manifest.ts";
import { streamFigures } from "../../islands/ui/room_data.ts";
import type { PlaybackAddresses, PublishAddress, RoomState } from "../../rooms/model.ts";
import { Field, formPage, ProblemSummary } from "./account.tsx";
import type { Page } from "./document.tsx";
import type { FormProblem } from "./forms.ts";
import { PlayerStage } from "./player.tsx";
import type { Reader } from "./view.ts";

/** The studio of somebody without a room: one form. */
export function createRoomPage(
  form: {
    readonly reader: Reader;
    readonly title: string;
    readonly problem: FormProblem | null;
  },
): Page {
  const text = formsText(form.reader.locale);
  return {
    ...formPage(form.reader, {
      title: text.createRoomTitle,
      lead: text.createRoomLead,
      children: (
        <form method="post" action="/studio" class="stack">
          <ProblemSummary problem={form.problem} />
          <Field
            id="title"
            label={text.titleLabel}
            problem={form.problem}
            input={{
              type: "text",
              value: form.title,
              placeholder: text.titlePlaceholder,
              maxLength: 200,
              autoComplete: "off",
              dir: "auto",
            }}
          />
          <button type="submit" class="button primary wide">{text.createRoomSubmit}</button>
        </form>
      ),
    }),
    current: "studio",
  };
}

/** What the studio of a room shows. */
export interface StudioInput {
  readonly room: RoomState;
  readonly playback: PlaybackAddresses;
  readonly publish: PublishAddress;
  readonly reader: Reader;
  readonly manifest: AssetManifest;
}

/** The studio of a room. */
export function studioPage(input: StudioInput): Page {
  const { room, reader, publish } = input;
  const { locale, nowMs } = reader;
  const text = studioPageText(locale);
  const stream = room.stream === null ? null : streamFigures(room.stream);
  const health = (
    <Island
      key="health"
      name="StreamHealth"
      component={StreamHealth}
      props={{ roomId: room.id, stream, viewers: room.viewers, locale, nowMs }}
    />
  );
  const { server, streamKey } = publish.rtmp;
  const card = (
    <Island
      key="publish"
      name="PublishCard"
      component={PublishCard}
      props={{ roomId: room.id, server, streamKey, locale }}
    />
  );
  return {
    reader,
    layout: "studio",
    current: "studio",
    title: text.studioTitle,
    description: siteText(locale).siteDescription,
    noIndex: true,
    content: (
      <div class="studio">
        <div class="studio-main">
          <div class="stage">
            <PlayerStage
              room={room}
              playback={input.playback}
              reader={reader}
              manifest={input.manifest}
              mode="preview"
            />
          </div>
          <div class="studio-line">
            <Island
              name="RoomTitle"
              component={RoomTitle}
              props={{ roomId: room.id, title: room.title, locale }}
            />
            <div class="studio-line-meta">
              <span class="muted">{roomText(locale).roomNumber(room.id)}</span>
              <a class="button quiet" href={`/rooms/${room.id}`}>
                <Icon name="eye" size={18} /> {text.studioPreview}
              </a>
            </div>
          </div>
        </div>
        <div class="studio-side">
          {room.live ? [health, card] : [card, health]}
          <noscript>
            <section class="card stack">
              <details>
                <summary>
                  {text.showKey}
                  <Icon name="chevron-down" size={18} />
                </summary>
                <p class="mono">{streamKey}</p>
              </details>
              <form method="post" action="/studio/key" class="stack">
                <p class="hint">{text.newKeyText}</p>
                <button type="submit" class="button danger">{text.newKey}</button>
              </form>
            </section>
          </noscript>
        </div>
        <section class="card help" aria-labelledby="help-title">
          <h2 id="help-title">{text.helpTitle}</h2>
          <ol class="steps">
            <li>{text.helpOne}</li>
            <li>{text.helpTwo}</li>
            <li>{text.helpThree}</li>
          </ol>
          <details>
            <summary>
              {text.ffmpegTitle}
              <Icon name="chevron-down" size={18} />
            </summary>
            <p class="hint">{text.ffmpegText}</p>
            <pre class="code" tabIndex={0}><code>{ffmpegCommand(publish, room.id)}</code></pre>
          </details>
        </section>
      </div>
    ),
  };
}

/** A command that publishes a file in a loop; the key is left out, since screens are shared. */
export function ffmpegCommand(publish: PublishAddress, roomId: string): string {
  return [
    "ffmpeg -re -stream_loop -1 -i video.mp4 \\",
    "  -c:v libx264 -preset veryfast -bf 0 -g 60 -b:v 2500k -c:a aac -b:a 128k \\",
    `  -f flv "${publish.rtmp.server}/${roomId}?key=KEY"`,
  ].join("\n");
}
