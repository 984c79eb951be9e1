interface QrImageProps {
  /** Modules per side. */
  size: number;
  path: string;
  /** What it holds, for screen readers. */
  label: string;
}

/** A QR code. Always dark on white with its quiet zone of four modules: many readers cannot do the reverse. */
export function QrImage({ size, path, label }: QrImageProps) {
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`-4 -4 ${size + 8} ${size + 8}`}
      shapeRendering="crispEdges"
      className="size-48 rounded-md bg-white"
    >
      <path d={path} fill="black" />
    </svg>
  );
}
