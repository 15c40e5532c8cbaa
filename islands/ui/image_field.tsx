/**
 * A field for a picture: chosen or dropped, looked at, cut, uploaded with its progress, removed.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { imageText } from "../i18n/image.ts";
import type { Locale } from "../i18n/mod.ts";
import { Button } from "./button.tsx";
import { classNames } from "./class_names.ts";
import { ConfirmDialog } from "./dialog.tsx";
import { Icon } from "./icons.tsx";
import { ImageCropper } from "./image_cropper.tsx";
import { ACCEPT, type ChosenImage, type ImageShape, imageToSend, openImage } from "./image_file.ts";
import { middle, type SquareView } from "./image_view.ts";
import { Progress } from "./meter.tsx";
import { explainImageError, type SendOptions } from "./send_image.ts";

/** Props of {@linkcode ImageField}. */
export interface ImageFieldProps {
  /** Prefix of the elements' ids. */
  readonly id: string;
  readonly label: string;
  /** What the picture is for, in a sentence. */
  readonly hint?: string;
  readonly shape: ImageShape;
  readonly locale: Locale;
  /** Address of the picture that is in place; null: there is none. */
  readonly current: string | null;
  /** Stands where the picture would be. */
  readonly empty: ComponentChildren;
  /**
   * Sends the picture and puts it in place; a rejection is explained. The crop of `options` is null
   * for a cover. `sendImage()` fits, for our own API.
   */
  readonly upload: (blob: Blob, options: SendOptions) => Promise<void>;
  /** Takes the picture away. */
  readonly remove: () => Promise<void>;
}

type Work = "idle" | "preparing" | { readonly part: number };

/** Shows the picture in place, and puts another one there. */
export function ImageField(props: ImageFieldProps) {
  const { id, label, hint, shape, locale, current, empty } = props;
  const text = imageText(locale);
  const [chosen, setChosen] = useState<ChosenImage | null>(null);
  const [view, setView] = useState<SquareView>({ x: 0, y: 0, size: 1 });
  const [work, setWork] = useState<Work>("idle");
  const [problem, setProblem] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const [asking, setAsking] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [removeProblem, setRemoveProblem] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const chooser = useRef<HTMLButtonElement>(null);
  const saver = useRef<HTMLButtonElement>(null);
  const sending = useRef<AbortController | null>(null);
  const wasChosen = useRef(false);

  useEffect(() => () => sending.current?.abort(), []);
  useEffect(() => () => {
    if (chosen !== null) URL.revokeObjectURL(chosen.url);
  }, [chosen]);
  // What had the focus is gone when the field changes between its two faces.
  useEffect(() => {
    if ((chosen !== null) === wasChosen.current) return;
    wasChosen.current = chosen !== null;
    (chosen === null ? chooser : saver).current?.focus();
  }, [chosen]);

  const explain = (error: unknown) => explainImageError(error, { locale, shape });
  const choose = async (file: Blob | null | undefined) => {
    if (!file || work !== "idle") return;
    setNote("");
    setProblem(null);
    setWork("preparing");
    try {
      const image = await openImage(file, shape);
      setView(middle(image));
      setChosen(image);
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setWork("idle");
    }
  };
  const send = async () => {
    if (chosen === null || work !== "idle") return;
    const controller = new AbortController();
    sending.current = controller;
    setProblem(null);
    setWork("preparing");
    try {
      const blob = await imageToSend(chosen, shape);
      controller.signal.throwIfAborted();
      setWork({ part: 0 });
      await props.upload(blob, {
        crop: shape === "avatar" ? view : null,
        onProgress: (part) => setWork({ part }),
        signal: controller.signal,
      });
      setChosen(null);
      setNote(text.saved);
    } catch (error) {
      if (!controller.signal.aborted) setProblem(explain(error));
    } finally {
      sending.current = null;
      setWork("idle");
    }
  };
  const cancel = () => {
    sending.current?.abort();
    setProblem(null);
    setChosen(null);
  };
  const remove = async () => {
    setRemoving(true);
    setRemoveProblem(null);
    try {
      await props.remove();
      setAsking(false);
      setNote(text.removed);
    } catch (error) {
      setRemoveProblem(explain(error));
    } finally {
      setRemoving(false);
    }
  };
  const drop = useDrop((file) => choose(file), work === "idle");

  return (
    <div
      class={classNames("image-field", `for-${shape}`, drop.over && "over")}
      role="group"
      aria-labelledby={`${id}-label`}
      aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      {...drop.handlers}
    >
      <p class="image-field-label" id={`${id}-label`}>{label}</p>
      {chosen === null
        ? (
          <div class="image-field-place">
            <div class="image-field-picture">
              {current === null ? empty : <img src={current} alt="" />}
            </div>
            <div class="image-field-actions">
              <Button
                icon="image-up"
                busy={work !== "idle"}
                buttonRef={chooser}
                onClick={() => input.current?.click()}
              >
                {current === null ? text.choose : text.change}
              </Button>
              {current !== null && (
                <Button
                  kind="ghost"
                  icon="trash-2"
                  onClick={() => setAsking(true)}
                >
                  {text.remove}
                </Button>
              )}
              {current === null && <p class="hint image-field-drop">{text.drop}</p>}
            </div>
          </div>
        )
        : (
          <>
            {shape === "avatar"
              ? (
                <ImageCropper
                  url={chosen.url}
                  width={chosen.width}
                  height={chosen.height}
                  view={view}
                  onView={setView}
                  locale={locale}
                  disabled={work !== "idle"}
                />
              )
              : (
                <>
                  <div class="image-field-picture">
                    <img src={chosen.url} alt="" />
                  </div>
                  <p class="hint">{text.coverHint}</p>
                </>
              )}
            {work !== "idle" && (
              <div class="image-field-work">
                <p class="hint" aria-hidden="true">
                  {work === "preparing" ? text.preparing : text.uploading}
                </p>
                <Progress
                  label={work === "preparing" ? text.preparing : text.uploading}
                  // All is sent, but the server is still at work.
                  value={work === "preparing" || work.part >= 1 ? null : work.part * 100}
                />
              </div>
            )}
            <div class="image-field-buttons">
              <Button kind="primary" busy={work !== "idle"} buttonRef={saver} onClick={send}>
                {text.save}
              </Button>
              <Button onClick={cancel}>{text.cancel}</Button>
            </div>
          </>
        )}
      <p class="field-error" role="alert">
        {problem !== null && <Icon name="circle-alert" size={16} />}
        {problem ?? ""}
      </p>
      <p class="hint jade-text" role="status">{note}</p>
      {hint !== undefined && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      <span class="image-field-veil" aria-hidden="true">{text.dropNow}</span>
      <input
        ref={input}
        type="file"
        hidden
        accept={ACCEPT}
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          choose(file);
          // The same file can be chosen again.
          currentTarget.value = "";
        }}
      />
      <ConfirmDialog
        id={`${id}-remove`}
        open={asking}
        onClose={() => setAsking(false)}
        title={text.removeQuestion}
        text={text.removeText}
        confirm={text.removeConfirm}
        onConfirm={remove}
        busy={removing}
        error={removeProblem}
        locale={locale}
      />
    </div>
  );
}

/** Takes a file that is dropped; `over` while one is held above. */
function useDrop(take: (file: File) => void, enabled: boolean) {
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const enter = (by: number) => {
    // Every child sends its own pair of events.
    depth.current = Math.max(0, depth.current + by);
    setOver(enabled && depth.current > 0);
  };
  return {
    over,
    handlers: {
      onDragEnter: (event: DragEvent) => hasFile(event) && enter(1),
      onDragLeave: (event: DragEvent) => hasFile(event) && enter(-1),
      onDragOver: (event: DragEvent) => hasFile(event) && event.preventDefault(),
      onDrop: (event: DragEvent) => {
        if (!hasFile(event)) return;
        // Or the browser would leave the page and open the file.
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (enabled && file) take(file);
      },
    },
  };
}
