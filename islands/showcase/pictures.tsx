/**
 * Choosing and cutting a picture; nothing is sent from here.
 *
 * @module
 */
import { useState } from "preact/hooks";
import type { Locale } from "../i18n/mod.ts";
import { showcaseText } from "../i18n/showcase.ts";
import { Avatar } from "../ui/avatar.tsx";
import { ImageCropper } from "../ui/image_cropper.tsx";
import { ImageField } from "../ui/image_field.tsx";
import { Specimen } from "./specimen.tsx";

const SIDES = { width: 320, height: 180 } as const;
/** A drawing of that size, so that the page needs no file. */
const PICTURE = `data:image/svg+xml,${
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180">' +
      '<rect width="320" height="180" fill="#27455f"/><circle cx="90" cy="80" r="50" fill="#f4b942"/>' +
      '<path d="M120 180 220 60 320 180z" fill="#21b892"/></svg>',
  )
}`;

/** The field with and without a picture, and the cropper. */
export function Pictures({ locale }: { readonly locale: Locale }) {
  const text = showcaseText(locale);
  const [view, setView] = useState({ x: 0.1, y: 0, size: 1 });
  const nothing = () => Promise.resolve();
  return (
    <>
      <Specimen name="ImageField" stacked>
        <ImageField
          id="picture-none"
          label={text.avatar}
          hint={text.avatarHint}
          shape="avatar"
          locale={locale}
          current={null}
          empty={<Avatar name="Lin" size={96} />}
          upload={nothing}
          remove={nothing}
        />
        <ImageField
          id="picture-cover"
          label={text.cover}
          shape="cover"
          locale={locale}
          current={PICTURE}
          empty={null}
          upload={nothing}
          remove={nothing}
        />
      </Specimen>
      <Specimen name="ImageCropper">
        <ImageCropper {...SIDES} url={PICTURE} view={view} onView={setView} locale={locale} />
      </Specimen>
    </>
  );
}
