"use client";

/**
 * Hands the browser a file that was made on this page, as a download. Nothing is sent anywhere.
 *
 * @param type media type
 */
export function saveFile(fileName: string, content: string | Uint8Array<ArrayBuffer>, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has begun to read it by then; kept longer, the key would stay in memory.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
