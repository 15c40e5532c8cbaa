import assert from "node:assert/strict";
import { DEFAULT_CAMERA, DEFAULT_MICROPHONE } from "./constraints.ts";
import { openCamera, openDevices } from "./open_devices.ts";

type Answer = (constraints: MediaStreamConstraints) => string | null;

/** Devices that answer with tracks, or with the error whose name `answer` gives. */
function source(answer: Answer) {
  const asked: MediaStreamConstraints[] = [];
  return {
    asked,
    getUserMedia(constraints: MediaStreamConstraints = {}): Promise<MediaStream> {
      asked.push(constraints);
      const [name, message] = (answer(constraints) ?? "").split("|");
      if (name !== undefined && name !== "") {
        return Promise.reject(new DOMException(message ?? "", name));
      }
      const video = constraints.video ? [{ kind: "video" }] : [];
      const audio = constraints.audio ? [{ kind: "audio" }] : [];
      return Promise.resolve(
        {
          getVideoTracks: () => video,
          getAudioTracks: () => audio,
          getTracks: () => [...video, ...audio],
        } as unknown as MediaStream,
      );
    },
  };
}

const BOTH = { camera: DEFAULT_CAMERA, microphone: DEFAULT_MICROPHONE };

Deno.test("openDevices() asks once for both", async () => {
  const from = source(() => null);
  const opened = await openDevices(BOTH, from);
  assert.equal(from.asked.length, 1);
  assert.ok(opened.video && opened.audio);
  assert.equal(opened.cameraFailure, null);
});

Deno.test("openDevices() gets along with a microphone when there is no camera", async () => {
  const from = source(({ video }) => video ? "NotFoundError" : null);
  const opened = await openDevices(BOTH, from);
  assert.equal(opened.video, null);
  assert.equal(opened.cameraFailure, "missing");
  assert.ok(opened.audio);
  assert.equal(opened.microphoneFailure, null);
});

Deno.test("openDevices() does not ask again when the question was put away", async () => {
  const from = source(() => "NotAllowedError|Permission dismissed");
  const opened = await openDevices(BOTH, from);
  assert.equal(from.asked.length, 1);
  assert.equal(opened.cameraFailure, "dismissed");
  assert.equal(opened.microphoneFailure, "dismissed");
});

Deno.test("openCamera() takes another camera when the named one is gone, not when it is busy", async () => {
  const named = { ...DEFAULT_CAMERA, deviceId: "gone" };
  const isNamed = ({ video }: MediaStreamConstraints) =>
    typeof video === "object" && video.deviceId !== undefined;
  const gone = source((constraints) => isNamed(constraints) ? "OverconstrainedError" : null);
  assert.ok((await openCamera(named, gone)).track);
  assert.equal(gone.asked.length, 2);
  const busy = source(() => "NotReadableError");
  assert.deepEqual(await openCamera(named, busy), { track: null, failure: "busy" });
  assert.equal(busy.asked.length, 1);
  assert.deepEqual(await openCamera(null, busy), { track: null, failure: null });
});
