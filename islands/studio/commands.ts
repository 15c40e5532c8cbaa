/**
 * Command lines that publish into a room, with the key or with a word in its place.
 *
 * @module
 */

/** Where and with what to publish. */
export interface PublishTarget {
  readonly server: string;
  /** `<room>?key=<publish key>` */
  readonly streamKey: string;
}

/** What stands in the place of the key where others may see it. */
const PLACEHOLDER = "KEY";

/** The stream key without its secret: screens are shared. */
export function withoutKey(streamKey: string, placeholder = PLACEHOLDER): string {
  const end = streamKey.indexOf("=") + 1;
  return end === 0 ? placeholder : streamKey.slice(0, end) + placeholder;
}

/** The secret alone, as WHIP wants it. */
export function keyOf(streamKey: string): string {
  return streamKey.slice(streamKey.indexOf("=") + 1);
}

/** Publishes a file in a loop as if it were live. */
export function ffmpegCommand({ server, streamKey }: PublishTarget): string {
  return [
    "ffmpeg -re -stream_loop -1 -i video.mp4 \\",
    "  -c:v libx264 -preset veryfast -tune zerolatency -pix_fmt yuv420p -bf 0 \\",
    '  -force_key_frames "expr:gte(t,n_forced*2)" -b:v 2500k -maxrate 2500k -bufsize 2500k \\',
    "  -c:a aac -b:a 128k -ar 48000 \\",
    `  -f flv "${server}/${streamKey}"`,
  ].join("\n");
}

/** Publishes a camera and a microphone. */
export function gstreamerCommand({ server, streamKey }: PublishTarget): string {
  return [
    "gst-launch-1.0 -e flvmux name=mux streamable=true \\",
    `  ! rtmp2sink location="${server}/${streamKey}" \\`,
    "  autovideosrc ! videoconvert ! videorate ! video/x-raw,format=I420,framerate=30/1 \\",
    "  ! x264enc bitrate=2500 key-int-max=60 bframes=0 tune=zerolatency speed-preset=veryfast \\",
    "  ! h264parse ! queue ! mux. \\",
    "  autoaudiosrc ! audioconvert ! audioresample ! audio/x-raw,rate=48000 \\",
    "  ! voaacenc bitrate=128000 ! aacparse ! queue ! mux.",
  ].join("\n");
}
