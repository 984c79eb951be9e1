/** A file to be packed, and what it is called there. */
export interface PackedFile {
  name: string;
  file: Blob;
}

const BLOCK = 512;

/**
 * Packs files into a tar (POSIX ustar) without reading them: the browser reads each as it is sent.
 *
 * @param files a folder's or several chosen ones
 */
export function tarOfFiles(files: readonly PackedFile[]): Blob {
  const parts: BlobPart[] = [];
  for (const { name, file } of files) {
    parts.push(tarHeader(name, file.size), file, new Uint8Array((BLOCK - (file.size % BLOCK)) % BLOCK));
  }
  return new Blob([...parts, new Uint8Array(2 * BLOCK)], { type: "application/x-tar" });
}

function tarHeader(name: string, size: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
  const [prefix, rest] = split(new TextEncoder().encode(name));
  header.set(rest, 0);
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${size.toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\u000000");
  header.set(prefix, 345);
  const sum = header.reduce((total, octet) => total + octet, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return header;
}

/** 100 octets hold the end of a path and 155 what stands before it; of a longer one the end is kept. */
function split(name: Uint8Array): [prefix: Uint8Array, rest: Uint8Array] {
  if (name.length <= 100) return [new Uint8Array(), name];
  const slash = name.indexOf(0x2f, name.length - 101);
  if (slash < 0 || slash === name.length - 1) return [new Uint8Array(), name.subarray(-100)];
  return [name.subarray(0, slash).subarray(-155), name.subarray(slash + 1)];
}
