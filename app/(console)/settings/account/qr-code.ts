import { create } from "qrcode";

/** A QR code as squares: `size` per side, and the path of the dark ones for an SVG of that size. */
export interface QrCode {
  size: number;
  path: string;
}

/** Draws a text as a QR code, here and not by a service that would learn the secret. */
export function qrCode(text: string): QrCode {
  const { modules } = create(text, { errorCorrectionLevel: "M" });
  let path = "";
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (modules.get(row, column)) path += `M${column} ${row}h1v1h-1z`;
    }
  }
  return { size: modules.size, path };
}
