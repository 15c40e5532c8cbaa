/**
 * A process that does with a picture what `web` does, with the permissions of `web`: the bytes of
 * a file come by standard input, the id of the avatar and how large it is go to standard output.
 *
 * @module
 */
import { ImageWorkshop } from "../../rooms/images/image_workshop.ts";
import { Pictures } from "../../rooms/images/pictures.ts";
import { openFileImages } from "../../store/files/images.ts";

if (import.meta.main) {
  const images = await openFileImages(Deno.args[0]!);
  const workshop = new ImageWorkshop({ deadlineMs: 60_000 });
  const pictures = new Pictures({ workshop, images, rateLimits: true });
  const bytes = new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
  const id = await pictures.avatar(bytes, { accountId: "ann", crop: null });
  console.log(JSON.stringify({ id, bytes: (await images.get(id))?.length }));
  workshop.close();
}
