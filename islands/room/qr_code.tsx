/**
 * A link as a picture, for the camera of a phone.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";

/** A QR code (ISO/IEC 18004) as one path; its maker comes with the first code that is shown. */
export function QrCode(
  { text, label, caption }: {
    readonly text: string;
    readonly label: string;
    readonly caption: string;
  },
) {
  const [code, setCode] = useState<{ readonly size: number; readonly path: string } | null>(null);
  useEffect(() => {
    let ended = false;
    import("qr").then(({ encodeQR }) => {
      const rows = encodeQR(text, "raw", { ecc: "medium", border: 2 });
      const path = rows.flatMap((row, y) => row.map((dark, x) => dark ? `M${x} ${y}h1v1h-1z` : ""))
        .join("");
      if (!ended) setCode({ size: rows.length, path });
    }, () => {
      // Off line: the link beside it is the same.
    });
    return () => void (ended = true);
  }, [text]);
  return (
    <figure class="qr">
      <div class="qr-place">
        {code !== null && (
          <svg
            viewBox={`0 0 ${code.size} ${code.size}`}
            role="img"
            aria-label={label}
            shape-rendering="crispEdges"
          >
            <path d={code.path} />
          </svg>
        )}
      </div>
      <figcaption class="muted">{caption}</figcaption>
    </figure>
  );
}
