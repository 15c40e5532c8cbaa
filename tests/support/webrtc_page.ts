/**
 * WebRTC in a page under test: publishing by WHIP and watching by WHEP with the browser's own means.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { waitFor } from "./wait.ts";

/** What a page publishes, and how. */
export interface PublishOptions {
  /** Address of the edge. */
  readonly url: string;
  readonly room: string;
  readonly key: string;
  /**
   * `camera`: the fake devices; `flash`: a flash and a beep of 100 ms together every 2 s; `clock`: each
   * picture shows when it was drawn, as `pictureAgeMs()` reads it.
   */
  readonly source?: "camera" | "flash" | "clock";
  /** `H264`, `VP8`, `VP9`, `AV1`. Default: H264. */
  readonly codec?: string;
  /** Two layers: 640×360 and a quarter of it. */
  readonly simulcast?: boolean;
  /** UDP port in place of the one in the answer: a proxy's. */
  readonly port?: number;
}

/** A session as the page sees it. */
export interface PageSession {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
  /** From the offer to a connection, milliseconds; null when there is none. */
  readonly connectedMs: number | null;
  /** When the offer was made, milliseconds since the epoch. */
  readonly beganAtMs: number;
}

/** A viewer's session as the page sees it. */
export interface ViewerSession extends PageSession {
  /** From the offer to the first picture, milliseconds; null when none came within 15 s. */
  readonly firstFrameMs: number | null;
  /** Width of the first picture; 0 when none came. */
  readonly firstFrameWidth: number;
}

/** Figures of a stream that comes in. */
export interface InboundVideo {
  readonly framesDecoded: number;
  readonly framesPerSecond: number;
  readonly frameWidth: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly nackCount: number;
  readonly freezeCount: number;
  readonly audioPackets: number;
  readonly audioConcealed: number;
  readonly codec: string;
  readonly state: string;
}

/** Publishes from the page; what it had published before goes on. */
export async function publishFromPage(page: Page, options: PublishOptions): Promise<PageSession> {
  return await page.evaluate(async (options) => {
    const { source = "camera", codec = "H264", simulcast = false } = options;
    const stream = source === "camera"
      ? await navigator.mediaDevices.getUserMedia({
        video: { width: 640, height: 360, frameRate: 30 },
        audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
      })
      : source === "flash"
      ? flashAndBeep()
      : clock();
    const peer = new RTCPeerConnection();
    const began = performance.now();
    const beganAtMs = Date.now();
    for (const track of stream.getTracks()) {
      const transceiver = peer.addTransceiver(track, {
        direction: "sendonly",
        streams: [stream],
        ...(simulcast && track.kind === "video" && {
          sendEncodings: [
            { rid: "h", maxBitrate: 1_200_000 },
            { rid: "l", maxBitrate: 150_000, scaleResolutionDownBy: 4 },
          ],
        }),
      });
      if (track.kind !== "video") continue;
      const codecs = RTCRtpSender.getCapabilities("video")!.codecs;
      const wanted = codecs.filter(({ mimeType }) =>
        mimeType.toUpperCase() === `VIDEO/${codec.toUpperCase()}`
      );
      transceiver.setCodecPreferences(wanted);
    }
    const offer = await peer.createOffer();
    const response = await fetch(`${options.url}/whip/${options.room}`, {
      method: "POST",
      headers: { "content-type": "application/sdp", "authorization": `Bearer ${options.key}` },
      body: offer.sdp!,
    });
    const body = await response.text();
    const location = response.headers.get("location");
    if (response.status !== 201) {
      return { status: response.status, body, location, connectedMs: null, beganAtMs };
    }
    await peer.setLocalDescription(offer);
    const sdp = options.port === undefined
      ? body
      : body.replace(/(a=candidate:\S+ 1 UDP \d+ \S+ )\d+/g, `$1${options.port}`);
    await peer.setRemoteDescription({ type: "answer", sdp });
    Object.assign(globalThis, { whipPeer: peer });
    for (let i = 0; i < 400 && peer.connectionState !== "connected"; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const connected = peer.connectionState === "connected";
    return {
      status: response.status,
      body,
      location,
      connectedMs: connected ? performance.now() - began : null,
      beganAtMs,
    };

    /** The time as a row of black and white blocks, a moving bar below it, and a tone. */
    function clock(): MediaStream {
      const canvas = document.createElement("canvas");
      canvas.width = 320;
      canvas.height = 180;
      const drawing = canvas.getContext("2d", { alpha: false })!;
      drawing.fillStyle = "#567";
      drawing.fillRect(0, 0, 320, 180);
      const [track] = canvas.captureStream(0).getVideoTracks() as CanvasCaptureMediaStreamTrack[];
      let count = 0;
      setInterval(() => {
        drawing.fillStyle = "#345";
        drawing.fillRect(0, 100, 320, 80);
        drawing.fillStyle = "#9ab";
        drawing.fillRect(count++ * 4 % 320, 100, 40, 80);
        const nowMs = Date.now();
        for (let bit = 0; bit < 32; bit++) {
          drawing.fillStyle = Math.floor(nowMs / 2 ** (31 - bit)) % 2 === 1 ? "#fff" : "#000";
          drawing.fillRect(bit * 10, 0, 10, 24);
        }
        track!.requestFrame();
      }, 1000 / 30);
      const audio = new AudioContext({ sampleRate: 48_000 });
      const out = audio.createMediaStreamDestination();
      const tone = audio.createOscillator();
      tone.connect(out);
      tone.start();
      return new MediaStream([track!, ...out.stream.getAudioTracks()]);
    }

    /** A picture whose upper part flashes, and a sound that beeps, in the same instants. */
    function flashAndBeep(): MediaStream {
      const canvas = document.createElement("canvas");
      canvas.width = 640;
      canvas.height = 360;
      const drawing = canvas.getContext("2d", { alpha: false })!;
      const audio = new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });
      const tone = audio.createOscillator();
      tone.frequency.value = 1000;
      const gate = audio.createGain();
      gate.gain.value = 0;
      const out = audio.createMediaStreamDestination();
      tone.connect(gate).connect(out);
      tone.start();
      let scheduled = 0;
      let count = 0;
      setInterval(() => {
        const now = audio.currentTime;
        const next = Math.ceil(now / 2) * 2;
        if (next > scheduled && next - now < 1) {
          gate.gain.setValueAtTime(0.5, next);
          gate.gain.setValueAtTime(0, next + 0.1);
          scheduled = next;
        }
        // Noise below, so that the encoder has something to do.
        drawing.fillStyle = now % 2 < 0.1 ? "#fff" : "#000";
        drawing.fillRect(0, 0, 640, 216);
        drawing.fillStyle = `hsl(${count++ * 7 % 360} 80% 50%)`;
        drawing.fillRect(count * 11 % 640, 216, 80, 144);
      }, 16);
      return new MediaStream([
        ...canvas.captureStream(30).getVideoTracks(),
        ...out.stream.getAudioTracks(),
      ]);
    }
  }, options);
}

/** Watches a room in the page; `name` tells sessions of one page apart. */
export async function watchInPage(
  page: Page,
  options: {
    readonly url: string;
    readonly room: string;
    readonly name?: string;
    readonly query?: string;
    /** UDP port in place of the one in the answer. */
    readonly port?: number;
    /** Asks again while nobody is live, for so long. Default: 0. */
    readonly waitMs?: number;
  },
): Promise<ViewerSession> {
  return await page.evaluate(async (options) => {
    const { url, room, name = "viewer", query = "", waitMs = 0 } = options;
    const began = performance.now();
    const beganAtMs = Date.now();
    const peer = new RTCPeerConnection();
    peer.addTransceiver("video", { direction: "recvonly" });
    peer.addTransceiver("audio", { direction: "recvonly" });
    const stream = new MediaStream();
    peer.ontrack = ({ track }) => stream.addTrack(track);
    const offer = await peer.createOffer();
    const ask = () =>
      fetch(`${url}/whep/${room}${query}`, {
        method: "POST",
        headers: { "content-type": "application/sdp" },
        body: offer.sdp!,
      });
    let response = await ask();
    while (response.status === 409 && performance.now() - began < waitMs) {
      await response.body?.cancel();
      await new Promise((resolve) => setTimeout(resolve, 20));
      response = await ask();
    }
    const { status } = response;
    const body = await response.text();
    const location = response.headers.get("location");
    const nothing = { connectedMs: null, firstFrameMs: null, firstFrameWidth: 0 };
    if (status !== 201) return { status, body, location, beganAtMs, ...nothing };
    await peer.setLocalDescription(offer);
    const sdp = options.port === undefined
      ? body
      : body.replace(/(a=candidate:\S+ 1 UDP \d+ \S+ )\d+/g, `$1${options.port}`);
    await peer.setRemoteDescription({ type: "answer", sdp });
    const video = document.createElement("video");
    video.muted = true;
    video.autoplay = true;
    video.srcObject = stream;
    document.body.append(video);
    Object.assign(globalThis, { [`whep_${name}`]: peer });
    const firstFrame = new Promise<{ atMs: number | null; width: number }>((resolve) => {
      video.requestVideoFrameCallback((_now, { width }) =>
        resolve({ atMs: performance.now() - began, width })
      );
      setTimeout(() => resolve({ atMs: null, width: 0 }), 15_000);
    });
    for (let i = 0; i < 400 && peer.connectionState !== "connected"; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const connectedMs = peer.connectionState === "connected" ? performance.now() - began : null;
    const { atMs, width } = await firstFrame;
    const first = { firstFrameMs: atMs, firstFrameWidth: width };
    return { status, body, location, beganAtMs, connectedMs, ...first };
  }, options);
}

/** What a viewer of the page receives now. */
export async function inboundOf(page: Page, name = "viewer"): Promise<InboundVideo> {
  return await page.evaluate(async (name) => {
    const peer = (globalThis as unknown as Record<string, RTCPeerConnection>)[`whep_${name}`]!;
    const report = await peer.getStats();
    const stats = [...report.values()] as Record<string, string | number>[];
    const inbound = (kind: string) =>
      stats.find((stat) => stat.type === "inbound-rtp" && stat.kind === kind) ?? {};
    const video = inbound("video");
    const audio = inbound("audio");
    const number = (value: string | number | undefined) => Number(value ?? 0);
    const codec = report.get(String(video.codecId)) as { mimeType?: string } | undefined;
    return {
      framesDecoded: number(video.framesDecoded),
      framesPerSecond: number(video.framesPerSecond),
      frameWidth: number(video.frameWidth),
      packetsReceived: number(video.packetsReceived),
      packetsLost: number(video.packetsLost),
      nackCount: number(video.nackCount),
      freezeCount: number(video.freezeCount),
      audioPackets: number(audio.packetsReceived),
      audioConcealed: number(audio.concealedSamples),
      codec: codec?.mimeType ?? "",
      state: peer.connectionState,
    };
  }, name);
}

/** Frames that a viewer decodes in a second, measured over some. */
export async function framesPerSecond(
  page: Page,
  options: { readonly name?: string; readonly seconds?: number } = {},
): Promise<number> {
  const { name, seconds = 4 } = options;
  const before = await inboundOf(page, name);
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const after = await inboundOf(page, name);
  return (after.framesDecoded - before.framesDecoded) * 1000 / (performance.now() - began);
}

/** Waits until a viewer has decoded so many frames more. */
export async function waitForFrames(page: Page, more: number, name?: string): Promise<void> {
  const { framesDecoded } = await inboundOf(page, name);
  await waitFor(
    `${more} frames more`,
    async () => (await inboundOf(page, name)).framesDecoded >= framesDecoded + more,
    { deadlineMs: 25_000 },
  );
}
