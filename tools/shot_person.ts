/**
 * Somebody in front of the camera, and something on the screen: drawn, because nobody sits before
 * the browsers that take the screenshots. Everything else of these devices stays as it is.
 *
 * @module
 */
import type { BrowserContext, Page } from "playwright-core";

/** How somebody looks: colours as CSS says them. */
export interface Person {
  readonly wall: readonly [light: string, dark: string];
  readonly hair: string;
  readonly long: boolean;
  readonly skin: string;
  readonly clothes: string;
  readonly glasses: boolean;
  readonly headphones: boolean;
}

/** Those who are in the pictures; the first one sits before the camera of who looks. */
export const PEOPLE: readonly [Person, ...Person[]] = [
  {
    wall: ["#f3d9b8", "#c98b5e"],
    hair: "#2a1d1a",
    long: true,
    skin: "#f2c6a4",
    clothes: "#d9583b",
    glasses: false,
    headphones: true,
  },
  {
    wall: ["#bcd7e6", "#5b86a8"],
    hair: "#5a3a22",
    long: false,
    skin: "#e0aa82",
    clothes: "#27405e",
    glasses: true,
    headphones: false,
  },
  {
    wall: ["#cfe3cf", "#6f9c7d"],
    hair: "#171a22",
    long: false,
    skin: "#c98d64",
    clothes: "#f0c04c",
    glasses: false,
    headphones: true,
  },
  {
    wall: ["#dccdf0", "#8a74b8"],
    hair: "#3b2418",
    long: true,
    skin: "#f6d3b8",
    clothes: "#2f7f6d",
    glasses: true,
    headphones: false,
  },
  {
    wall: ["#f0d3d0", "#b9736f"],
    hair: "#8c8f96",
    long: false,
    skin: "#e8b894",
    clothes: "#3d3f4a",
    glasses: false,
    headphones: false,
  },
];

/** From the next page on, cameras of this page or of all pages show that person, screens a desk. */
export async function seat(where: Page | BrowserContext, person: Person): Promise<void> {
  await where.addInitScript(sitDown, person);
}

/** Runs in the page: replaces the picture of cameras and screens. */
function sitDown(person: Person): void {
  const { mediaDevices } = navigator;
  // Pages over plain HTTP have none.
  if (mediaDevices === undefined) return;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wish) => {
    const real = await open(wish);
    return replaceIn(real, drawPerson);
  };
  const share = mediaDevices.getDisplayMedia?.bind(mediaDevices);
  if (share !== undefined) {
    mediaDevices.getDisplayMedia = async (wish) => replaceIn(await share(wish), drawScreen);
  }

  type Draw = (brush: CanvasRenderingContext2D, seconds: number) => void;

  function replaceIn(real: MediaStream, draw: Draw): MediaStream {
    const [track] = real.getVideoTracks();
    return track === undefined
      ? real
      : new MediaStream([replace(track, draw), ...real.getAudioTracks()]);
  }

  function replace(camera: MediaStreamTrack, draw: Draw): MediaStreamTrack {
    const canvas = document.createElement("canvas");
    const brush = canvas.getContext("2d", { alpha: false })!;
    const settings = () => {
      const given = camera.getSettings();
      // Screens of this browser are larger than the pictures of them, and nobody has a GPU here.
      return draw === drawScreen ? { ...given, width: 1280, height: 720 } : given;
    };
    const fit = () => {
      const { width = 1280, height = 720 } = settings();
      Object.assign(canvas, { width, height });
    };
    fit();
    const paint = () => draw(brush, performance.now() / 1_000);
    paint();
    const timer = setInterval(paint, 66);
    const [track] = canvas.captureStream(15).getVideoTracks() as [MediaStreamTrack];
    const stop = track.stop.bind(track);
    track.stop = () => {
      clearInterval(timer);
      camera.stop();
      stop();
    };
    track.getSettings = settings;
    track.getCapabilities = () => camera.getCapabilities();
    track.applyConstraints = async (constraints) => {
      await camera.applyConstraints(constraints);
      fit();
    };
    Object.defineProperty(track, "label", { value: camera.label });
    return track;
  }

  /** An editor with lines of many colours, and what comes of them. */
  function drawScreen(brush: CanvasRenderingContext2D): void {
    const { width, height } = brush.canvas;
    const rect = (color: string, x: number, y: number, w: number, h: number, radius = 0) => {
      brush.fillStyle = color;
      brush.beginPath();
      brush.roundRect(x, y, w, h, radius);
      brush.fill();
    };
    brush.setTransform(1, 0, 0, 1, 0, 0);
    rect("#2b3a55", 0, 0, width, height);
    brush.setTransform(width / 160, 0, 0, height / 90, 0, 0);
    rect("#161a22", 6, 6, 88, 78, 2);
    rect("#242a36", 6, 6, 88, 6, 2);
    for (const [index, color] of ["#ff5f57", "#febc2e", "#28c840"].entries()) {
      rect(color, 9 + index * 4, 8, 2, 2, 1);
    }
    const colors = ["#8b7bff", "#21b892", "#f4b942", "#9aa3b0", "#ff7a5c"];
    for (let line = 0; line < 20; line++) {
      let x = 12 + [0, 4, 8, 8, 4][line % 5]!;
      rect("#4a5262", 8, 16 + line * 3.3, 1.6, 1.2, 0.5);
      for (let word = 0; word < 2 + (line * 7) % 4; word++) {
        const length = 5 + (line * 5 + word * 11) % 13;
        if (x + length > 90) break;
        rect(colors[(line + word * 2) % 5]!, x, 16 + line * 3.3, length, 1.4, 0.6);
        x += length + 2;
      }
    }
    rect("#f7f4ee", 98, 6, 56, 78, 2);
    rect("#e3ddd0", 98, 6, 56, 6, 2);
    rect("#16181d", 104, 18, 34, 3.4, 1);
    for (let line = 0; line < 3; line++) {
      rect("#b9b3a6", 104, 26 + line * 4, 44 - line * 7, 1.8, 0.9);
    }
    for (const [index, value] of [12, 20, 16, 26, 31].entries()) {
      rect(index === 4 ? "#e2401b" : "#c9c1b1", 105 + index * 9, 76 - value, 6, value, 1);
    }
  }

  function drawPerson(brush: CanvasRenderingContext2D, seconds: number): void {
    const { width, height } = brush.canvas;
    const unit = height / 100;
    const blob = (x: number, y: number, radiusX: number, radiusY: number, turn = 0) => {
      brush.beginPath();
      brush.ellipse(x, y, radiusX, radiusY, turn, 0, 2 * Math.PI);
      brush.fill();
    };
    const box = (x: number, y: number, boxWidth: number, boxHeight: number, radius: number) => {
      brush.beginPath();
      brush.roundRect(x, y, boxWidth, boxHeight, radius);
      brush.fill();
    };
    const stroke = (color: string, thick: number, path: () => void) => {
      brush.strokeStyle = color;
      brush.lineWidth = thick;
      brush.lineCap = "round";
      brush.beginPath();
      path();
      brush.stroke();
    };
    brush.setTransform(1, 0, 0, 1, 0, 0);
    const wall = brush.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, person.wall[0]);
    wall.addColorStop(1, person.wall[1]);
    brush.fillStyle = wall;
    brush.fillRect(0, 0, width, height);
    brush.setTransform(unit, 0, 0, unit, width / 2, 0);
    // A window with light, a shelf, a plant.
    const side = width / unit / 2;
    brush.fillStyle = "rgb(255 255 255 / 45%)";
    box(-side + 8, 10, 30, 44, 2);
    brush.fillStyle = "rgb(255 255 255 / 35%)";
    box(-side + 22, 10, 1.6, 44, 0);
    brush.fillStyle = "rgb(60 40 30 / 35%)";
    box(side - 42, 44, 38, 2, 1);
    const spines = ["#7b4b3a", "#d8b26a", "#4d6a6d", "#b55d4c", "#e9e2d0", "#5c4d7d"];
    for (const [index, spine] of spines.entries()) {
      brush.fillStyle = spine;
      box(side - 40 + index * 4, 26 + (index * 7) % 5, 3.4, 18 - (index * 7) % 5, 0.5);
    }
    brush.fillStyle = "#3f7d58";
    for (const lean of [-0.7, -0.2, 0.3, 0.8]) blob(side - 9 + lean * 5, 34, 2, 8, lean);
    brush.fillStyle = "#e7e0d4";
    box(side - 13, 38, 8, 6, 1.5);
    // Whoever sits still breathes.
    const sway = Math.sin(seconds * 0.9) * 0.8;
    const nod = Math.sin(seconds * 1.7) * 0.5;
    brush.translate(sway, 4 + nod * 0.4);
    if (person.long) {
      brush.fillStyle = person.hair;
      box(-24, 22, 48, 66, 22);
    }
    brush.fillStyle = person.clothes;
    box(-38, 78, 76, 60, 26);
    brush.fillStyle = person.skin;
    box(-8, 60, 16, 24, 8);
    brush.fillStyle = "rgb(80 30 10 / 18%)";
    blob(0, 67, 7.9, 4);
    brush.fillStyle = person.skin;
    blob(0, 45 + nod, 18, 23);
    blob(-18, 47 + nod, 3, 5);
    blob(18, 47 + nod, 3, 5);
    brush.translate(0, nod);
    brush.fillStyle = "rgb(226 92 72 / 28%)";
    blob(-10.5, 53, 4, 2.6);
    blob(10.5, 53, 4, 2.6);
    // Hair over the brow.
    brush.fillStyle = person.hair;
    brush.beginPath();
    brush.moveTo(-19, 46);
    brush.bezierCurveTo(-24, 14, 24, 14, 19, 46);
    brush.bezierCurveTo(17, 36, 12, 31, 4, 31);
    brush.bezierCurveTo(-6, 31, -14, 36, -19, 46);
    brush.fill();
    stroke(person.hair, 1.3, () => {
      brush.moveTo(-11, 41);
      brush.quadraticCurveTo(-7.5, 39.4, -4.5, 41);
      brush.moveTo(4.5, 41);
      brush.quadraticCurveTo(7.5, 39.4, 11, 41);
    });
    const open = seconds % 4 > 0.16 ? 2.3 : 0.3;
    brush.fillStyle = "#241a18";
    blob(-7.5, 46, 1.8, open);
    blob(7.5, 46, 1.8, open);
    brush.fillStyle = "white";
    blob(-7, 45.3, 0.6, open / 4);
    blob(8, 45.3, 0.6, open / 4);
    stroke("rgb(120 60 40 / 55%)", 1, () => {
      brush.moveTo(0.4, 48);
      brush.quadraticCurveTo(2.4, 52.5, -0.6, 53);
    });
    brush.fillStyle = "#b3473f";
    brush.beginPath();
    brush.moveTo(-6, 57.5);
    brush.quadraticCurveTo(0, 59, 6, 57.5);
    brush.quadraticCurveTo(0, 63.5 + Math.sin(seconds * 5), -6, 57.5);
    brush.fill();
    if (person.glasses) {
      stroke("#2c2a30", 1, () => {
        brush.roundRect(-12.5, 41.5, 10.5, 9, 4);
        brush.roundRect(2, 41.5, 10.5, 9, 4);
        brush.moveTo(-2, 45);
        brush.quadraticCurveTo(0, 43.8, 2, 45);
      });
    }
    if (person.headphones) {
      stroke("#26282f", 3.2, () => {
        brush.moveTo(-20, 44);
        brush.bezierCurveTo(-22, 12, 22, 12, 20, 44);
      });
      brush.fillStyle = "#26282f";
      box(-23.5, 40, 7, 15, 3);
      box(16.5, 40, 7, 15, 3);
    }
  }
}
